"""What relays' providers say of mail that left by them: proven, read, and brought into our own words."""
