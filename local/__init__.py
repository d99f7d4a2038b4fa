"""Everything on one machine: the stack, the demo that shows a night on it, and the measurement of that night."""
