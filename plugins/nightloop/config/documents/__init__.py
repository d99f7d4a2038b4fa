"""What is written from the settings' models: the JSON Schema for editors and the reference page."""
