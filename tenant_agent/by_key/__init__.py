"""Mail that programs submit with an API key: it does not leave from here but is handed up, to become a message."""
