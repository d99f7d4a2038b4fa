"""All that knows boxes: from what a model saw to whether a new model is better."""
