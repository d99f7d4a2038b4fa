"""The rules of a human loop: no HTTP, no S3; functions take a Session first and never commit."""
