"""Operators for A2I: task UIs, flow definitions, human loops."""
