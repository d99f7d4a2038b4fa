"""What SageMaker's API says: thin handlers, one file per resource."""
