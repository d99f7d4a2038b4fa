"""What the service runs with: its settings, and the clients and owners made from them once."""
