"""From sources to articles and passages: read, clean, date, split."""
