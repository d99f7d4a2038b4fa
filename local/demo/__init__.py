"""One night on the local stack: images, a scripted reviewer, and a report of the results."""
