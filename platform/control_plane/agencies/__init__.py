"""What an agency has beside a client's things: all of its clients at a glance, and a brand of its own."""
