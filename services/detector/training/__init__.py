"""How the head learns."""
