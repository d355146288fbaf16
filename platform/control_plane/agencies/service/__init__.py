"""Agencies as other features and the pages use them."""
