"""Endpoints: fleets of inference processes, the traffic between them, blue/green updates."""
