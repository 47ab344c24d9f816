"""The ground floor: errors, files and processes. Knows no physics and imports none."""
