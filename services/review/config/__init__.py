"""The settings of the service: environment variables or a TOML file."""
