"""Who may do what here: keys, users, sessions, and the gate that every request passes."""
