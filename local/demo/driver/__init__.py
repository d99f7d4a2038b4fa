"""Drives the night as people do: through Airflow's REST API, the reviewers' portal, the endpoint."""
