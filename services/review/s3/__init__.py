"""The service's own way to S3."""
