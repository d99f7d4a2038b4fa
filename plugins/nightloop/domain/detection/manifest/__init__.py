"""Augmented manifests: read, written, checked, exchanged."""
