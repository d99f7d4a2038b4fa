"""The code that uses moto's internals: its S3 objects, its CloudWatch alarms."""
