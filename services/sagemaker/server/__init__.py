"""The HTTP application around the operations of `api/`."""
