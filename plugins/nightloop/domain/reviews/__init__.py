"""Reviews as a night writes them down: how each was opened, how it ended."""
