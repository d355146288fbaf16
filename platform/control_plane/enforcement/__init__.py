"""What bad figures lead to, from a warning to a pause, and the way back."""
