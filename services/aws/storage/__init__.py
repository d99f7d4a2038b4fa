"""The disk under S3: one file for an object, one for each setting of a bucket."""
