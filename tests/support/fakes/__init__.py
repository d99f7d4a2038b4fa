"""boto3 clients of services that are dictionaries, and a task without Airflow: for operators, sensors and triggers."""
