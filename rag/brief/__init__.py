"""Briefings over many articles, and the search for a quotation."""
