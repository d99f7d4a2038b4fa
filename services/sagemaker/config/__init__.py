"""The settings of the service, and the clients and owners made from them once."""
