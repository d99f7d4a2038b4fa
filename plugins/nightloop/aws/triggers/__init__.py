"""What waits without a worker: one trigger for all reviews of a night, one for each SageMaker job."""
