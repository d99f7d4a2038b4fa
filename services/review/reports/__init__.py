"""What people and dashboards look at; nothing here changes anything."""
