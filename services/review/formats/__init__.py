"""How names of AWS, places in S3 and JSON texts are written: each is read and written here alone."""
