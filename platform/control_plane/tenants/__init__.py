"""Who: the operator, its agencies and their clients."""
