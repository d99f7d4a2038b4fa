"""Channels, and the labelled images in them."""
