"""The steps of a night and of a training, one operator a file."""
