"""All state of the service: one SQLite file."""
