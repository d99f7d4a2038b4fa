"""Parses and renders templates in processes of their own, which can be ended."""
