"""The demo on the stack of docker-compose.yaml, from inside its containers."""
