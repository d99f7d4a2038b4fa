"""Reads for people and dashboards; nothing here changes anything."""
