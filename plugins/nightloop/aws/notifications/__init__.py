"""What people are told: reviewers that work waits, owners how a run ended."""
