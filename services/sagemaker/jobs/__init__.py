"""Training and transform jobs: each one a named thread over real container processes."""
