"""What an image is, apart from what is seen in it: its place, how it looks, its copies."""
