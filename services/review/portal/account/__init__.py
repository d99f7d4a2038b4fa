"""A worker's own account: name, password, sessions, language."""
