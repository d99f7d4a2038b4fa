"""Moving from Amazon A2I: its templates, work teams and flow definitions, made again in this service."""
