"""Boxes: their geometry, what a model saw, the classes."""
