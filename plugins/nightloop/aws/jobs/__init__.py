"""Whose a SageMaker job is, and what may stop it."""
