"""Who may change a loop's endpoint, and whether a new model may still take it over."""
