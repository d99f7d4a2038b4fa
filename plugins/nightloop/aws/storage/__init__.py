"""S3 as a store of objects that are written once, and where everything lies in it."""
