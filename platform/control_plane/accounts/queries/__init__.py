"""The SQL of accounts: people, where they may be, and keys."""
