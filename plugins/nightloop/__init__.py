"""Nightloop inside Airflow: settings, the domain, the operators and the page."""
