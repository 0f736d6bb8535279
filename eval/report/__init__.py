"""Reports: one frozen document and the four forms it is written in."""
