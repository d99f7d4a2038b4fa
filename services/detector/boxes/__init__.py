"""The arithmetic of boxes: priors, coding, matching, suppression, precision."""
