"""The portal: a folder for each kind of page."""
