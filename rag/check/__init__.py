"""Checks that every shown sentence says no more than the words it cites."""
