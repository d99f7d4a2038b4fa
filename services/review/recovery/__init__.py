"""Backups of the database, the way back from one, and what S3 knows that a restored database does not."""
