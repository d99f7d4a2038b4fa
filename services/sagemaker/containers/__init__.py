"""The container contract: folders, pipes and processes."""
