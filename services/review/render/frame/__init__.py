"""The document of a task's frame, its policy, and what it is allowed."""
