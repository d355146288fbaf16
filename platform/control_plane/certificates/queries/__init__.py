"""What is asked of the tables of certificates."""
