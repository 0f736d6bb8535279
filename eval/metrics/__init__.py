"""Metrics, each with the definition it follows."""
