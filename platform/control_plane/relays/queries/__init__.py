"""What is asked of the table of relays."""
