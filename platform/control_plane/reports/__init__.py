"""What other mail systems report back: DMARC aggregates, TLS reports and complaints, per tenant."""
