"""The doors to AWS: S3, CloudWatch Logs, CloudWatch."""
