"""Where the stack runs."""
