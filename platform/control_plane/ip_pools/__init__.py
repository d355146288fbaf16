"""The addresses that mail leaves from."""
