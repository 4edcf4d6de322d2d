"""The terminal: what it can do, drawing on it, reading keys from it, and putting it back as it was."""
