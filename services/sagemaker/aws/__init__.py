"""The clients of AWS: S3, CloudWatch Logs, CloudWatch."""
