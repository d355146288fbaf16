"""Customers' DNS published for them: at their provider, with differences shown first, or by their IT from a link."""
