"""Rows that several processes work on in turn: slots of reviews, outputs to write, events to send."""
