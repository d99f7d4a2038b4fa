"""The API: one file for each resource of A2I and of SageMaker's control plane."""
