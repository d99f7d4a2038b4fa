"""The service as a whole: what starts and stops, in which order."""
