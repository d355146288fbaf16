"""What happened, in the order in which it was stored: for programs that would rather ask than be called."""
