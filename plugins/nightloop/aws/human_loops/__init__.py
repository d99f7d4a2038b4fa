"""Reviews in flight: opened, tracked, read, late, given up."""
