"""What the service can be told, by environment variables or a TOML file."""
