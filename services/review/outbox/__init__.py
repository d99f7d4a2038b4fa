"""What has to happen elsewhere because of a committed row: at least once, with retries, across restarts."""
