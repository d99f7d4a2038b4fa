"""`python -m nightloop.aws.erasing`: erases one image from all that a loop keeps."""
