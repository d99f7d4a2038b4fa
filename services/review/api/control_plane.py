"""The table of SageMaker operations this service implements; the files beside it fill the table."""

from services.awswire import Operations

operations = Operations("sagemaker")

IN_USE = "ResourceInUse"
NOT_FOUND = "ResourceNotFound"
