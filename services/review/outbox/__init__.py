"""Delivers what committed rows ask for (outputs, events): at least once, with retries, across restarts."""
