"""Derived indexes and the catalog they are rebuilt from."""
