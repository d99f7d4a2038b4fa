"""Buttons on a task instance that lead to what it made."""
