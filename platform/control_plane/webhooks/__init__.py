"""Events on their way to customers' servers."""
