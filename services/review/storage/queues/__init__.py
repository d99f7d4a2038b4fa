"""Rows that several processes take turns at: slots of human loops, outputs to write, events to send."""
