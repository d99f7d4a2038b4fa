"""One night on the local stack: images, a scripted reviewer, what came of it."""
