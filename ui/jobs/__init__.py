"""Work that takes longer than a request, whoever begins it: the page, a program, or both at once."""
