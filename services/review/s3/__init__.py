"""The service's access to S3."""
