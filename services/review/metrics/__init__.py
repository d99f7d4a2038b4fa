"""Metrics for Prometheus: counters of this process, and the state of the reviews in the database."""
