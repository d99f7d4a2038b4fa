"""Copies templates, work teams and flow definitions from Amazon A2I to this service."""
