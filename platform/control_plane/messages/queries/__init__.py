"""The SQL of messages: storing many at once, reading them back."""
