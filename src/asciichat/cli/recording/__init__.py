"""Pictures and calls into files."""
