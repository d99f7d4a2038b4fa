"""AWS's own services on one local address: moto, with a disk under its S3."""
