"""Operators for SageMaker's models, jobs and endpoints."""
