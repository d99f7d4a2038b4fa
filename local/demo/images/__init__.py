"""Making the images of a demo, and bringing them to where the loop looks."""
