"""How handing one message to Postfix can end."""

import msgspec


class Queued(msgspec.Struct, frozen=True):
    """Postfix has it on disk."""

    queue_id: str


class PutOff(msgspec.Struct, frozen=True):
    """Postfix, the policy service or the signer said 4xx: it does not have it, a later try may go well."""

    reply: str


class Refused(msgspec.Struct, frozen=True):
    """It can never be sent as it is."""

    reply: str


class NotSent(msgspec.Struct, frozen=True):
    """The connection failed before the message was sent."""

    reason: str
    was_connected: bool = False
    """It failed with this message, which may be the reason."""


class InDoubt(msgspec.Struct, frozen=True):
    """The connection failed after the message was sent: Postfix may have it."""

    reason: str


Outcome = Queued | PutOff | Refused | NotSent | InDoubt
