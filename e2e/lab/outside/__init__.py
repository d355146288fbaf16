"""The rest of the world: a mail provider that judges what it gets, sends mail of its own and receives webhooks."""
