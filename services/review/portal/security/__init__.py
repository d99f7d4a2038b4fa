"""What keeps the portal to its workers: sessions, CSRF tokens, content security policies, rate limits."""
