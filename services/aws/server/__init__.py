"""The process and the application it serves."""
