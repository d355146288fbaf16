"""What others think of our addresses and domains: block lists and rates."""
