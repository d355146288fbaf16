"""The SQL of inbound routes, of what nodes are told of them, and of the mail that came."""
