"""Names of AWS, places in S3 and JSON texts: only this package reads and writes them."""
