"""Files that are too large for the other tables: whose they are, what uses them, and until when they are kept."""
