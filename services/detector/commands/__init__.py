"""`train` and `serve`, each from beginning to end."""
