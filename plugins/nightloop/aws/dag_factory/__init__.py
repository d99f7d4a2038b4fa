"""What the DAG files share: from a loop's settings to tasks."""
