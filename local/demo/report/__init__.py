"""Reports the night: what was observed, in order, with pictures."""
