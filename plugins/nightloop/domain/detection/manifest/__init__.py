"""Augmented manifests: read, written, checked, converted."""
