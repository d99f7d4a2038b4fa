"""The service as one thing: what starts, what stops, in which order."""
