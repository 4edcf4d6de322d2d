"""A call, or a source alone, as a person at a terminal sees and steers it."""
