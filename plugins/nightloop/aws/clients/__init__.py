"""How any AWS service is called: errors translated, calls throttled, a limit of requests in flight."""
