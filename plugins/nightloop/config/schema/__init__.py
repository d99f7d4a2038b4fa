"""The JSON Schema of the loop file, and its limits in words."""
