"""Reads a template's own markup: labels, names of elements, the least time of an answer."""
