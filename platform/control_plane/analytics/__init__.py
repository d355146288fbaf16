"""How mail fared: roll-ups per tenant, stream, provider and hour, counted where a delivery's state changes."""
