"""`train` and `serve`, each told from beginning to end."""
