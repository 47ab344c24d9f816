"""What a flow looks like: velocities and pressures at any point, features, streamlines, files."""
