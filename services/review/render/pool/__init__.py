"""Templates are parsed and rendered in processes of their own, which can be ended."""
