"""What has to happen in S3 because of a committed row: at least once, with retries, across restarts."""
