"""Linear stability of solved flows: the modes that small disturbances grow or decay in."""
