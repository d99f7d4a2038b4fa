"""The list of jobs and the page of a task."""
