"""Channels, and the labelled images they carry."""
