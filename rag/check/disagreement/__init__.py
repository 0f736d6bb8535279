"""Where independent sources differ about what a question asks."""
