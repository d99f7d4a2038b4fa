"""Tasks that wait for people."""
