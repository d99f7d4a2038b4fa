"""Makes the images of a demo, and uploads them to where the loop looks."""
