"""Operators for what people do by hand."""
