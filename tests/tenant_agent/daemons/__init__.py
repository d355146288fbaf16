"""The real daemons, started with rendered configuration in a directory of the test's own."""
