"""The document of a task's frame, its policy, and its allowances."""
