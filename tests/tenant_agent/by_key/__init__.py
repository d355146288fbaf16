"""Mail that programs submit with API keys."""
