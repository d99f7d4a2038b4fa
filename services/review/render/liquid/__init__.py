"""Liquid as templates use it, within limits."""
