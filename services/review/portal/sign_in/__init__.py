"""Signing in and out, with a password or at a provider."""
