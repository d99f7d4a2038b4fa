"""What an image is, apart from what is seen in it: its place, its looks, its copies."""
