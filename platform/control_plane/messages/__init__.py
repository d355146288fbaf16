"""Messages: accepted once, shown with all that became of them."""
