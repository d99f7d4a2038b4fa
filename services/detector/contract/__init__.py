"""SageMaker's contract with a container: its folders, hyperparameters, log lines and signals."""
