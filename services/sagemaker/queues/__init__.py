"""Asynchronous inference: requests that wait on disk for an instance, and what happens to them."""
