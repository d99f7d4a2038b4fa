"""Rows of JSON Lines: written byte for byte the same, read with errors that name the field."""
