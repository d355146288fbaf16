"""Changes of how nodes work, brought to a few first, and taken back by themselves when they do harm."""
