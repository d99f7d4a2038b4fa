"""What Prometheus can ask: counters of this process, and how the loops stand in the database."""
