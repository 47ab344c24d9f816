"""Parts of all frames: numbers in words, and the answers of models and flows from caches."""
