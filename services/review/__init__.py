"""The review service: Amazon A2I's API, a portal for the people who review, one database under both."""
