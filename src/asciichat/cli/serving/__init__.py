"""What the server's program has beside the server: its status screen, its settings read again, its memory."""
