"""One module for each kind of record: what was found becomes a verdict, purely."""
