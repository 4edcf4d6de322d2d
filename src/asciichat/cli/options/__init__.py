"""Options: those that several commands share, where their values come from, and what tells of them."""
