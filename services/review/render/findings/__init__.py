"""Finds what in a template will not work here, before a worker meets it."""
