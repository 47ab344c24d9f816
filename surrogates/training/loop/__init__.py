"""The resumable training loop: its ends, mini-batches, checkpoints, metrics, processes."""
