"""What people are told: reviewers that work waits for them, owners how a run ended."""
