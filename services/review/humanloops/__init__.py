"""The rules of a review: no HTTP, no S3; functions take a Session first and never commit."""
