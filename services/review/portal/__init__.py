"""The workers' door: one file for each page."""
