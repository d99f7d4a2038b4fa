"""Measurements of what the demo runs."""
