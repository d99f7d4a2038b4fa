"""A local SageMaker that does real work: training, hosting and batch transform with real processes."""
