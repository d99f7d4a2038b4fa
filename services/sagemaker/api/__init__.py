"""SageMaker's API: thin handlers, one file per resource."""
