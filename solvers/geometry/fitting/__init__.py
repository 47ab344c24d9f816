"""The body nearest to a given outline: exterior map, then the search for the least distance."""
