"""Named threads that end when the service does."""
