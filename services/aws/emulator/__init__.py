"""All that knows moto's inside: its S3 objects, its CloudWatch alarms."""
