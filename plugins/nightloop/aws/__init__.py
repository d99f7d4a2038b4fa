"""The Airflow side of the loop: hooks, operators, sensors, triggers and links, one thing a file."""
