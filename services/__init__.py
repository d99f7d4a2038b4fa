"""The services Nightloop ships: AWS protocols, the review service, a local SageMaker and the detector."""
