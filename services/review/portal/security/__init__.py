"""Protects the portal: sessions, CSRF tokens, content security policies."""
