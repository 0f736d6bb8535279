"""Briefings on the page and for programs: written by jobs, kept, shown and taken away."""
