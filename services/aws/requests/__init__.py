"""Requests in AWS's terms, and the answers to them."""
