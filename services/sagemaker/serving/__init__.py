"""A model's container that answers, for an endpoint or for a transform job."""
