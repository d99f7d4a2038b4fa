"""Training sets and holdouts: put together, checked, kept apart."""
