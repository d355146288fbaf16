"""How it is said to Postfix and Dovecot that a mailbox is closed for its last pass: pure text."""

CLOSED_WAY = "retry:4.3.2 This mailbox is being moved to another host"
"""Transport of its mail (transport(5)): Postfix keeps it, and follows once there is another way."""

NOBODY = "127.127.127.127"
"""An address of this host at which nobody listens."""

CLOSED_LOGIN = f"proxy=y host=closed.fleet.internal hostip={NOBODY} "
"""Extra fields of its user: once the password is checked the login is passed on to where nobody listens.

So whoever logs in is told that the mailbox is unavailable just now, and not that the password is wrong, which is all
that Dovecot 2.3 can say by its other fields.
"""
