"""Where models come from, and what they may no longer learn from."""
