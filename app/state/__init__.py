"""Plain data of the page."""
