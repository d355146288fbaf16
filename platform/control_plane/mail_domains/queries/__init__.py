"""The SQL of mail domains: the domains, their keys, what checks found, what is told of them."""
