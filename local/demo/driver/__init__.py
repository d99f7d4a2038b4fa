"""Driving the night as people do: Airflow's REST API, the reviewers' portal, the endpoint."""
