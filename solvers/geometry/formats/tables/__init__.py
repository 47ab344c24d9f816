"""Tables of points: from the bytes of a .dat or .csv file to one loop."""
