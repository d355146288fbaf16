"""SPF: read, evaluated and judged (RFC 7208)."""
