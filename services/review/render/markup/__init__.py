"""What a template's own markup says: labels, names of elements, the least time of an answer."""
