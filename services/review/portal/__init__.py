"""The workers' door: a folder for each kind of page."""
