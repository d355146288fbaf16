"""Whether an offer is one: what is written into the ledger must be readable for ever after."""

import re
from math import isfinite

import msgspec

from tenant_agent import wire
from tenant_agent.ledger import token_of

_LONGEST_NAME = 200
_LONGEST_ADDRESS = 512
_RETURN_TOKEN = re.compile(r"([0-9a-v]{26})[0-9a-v]{0,38}")  # RFC 5321 §4.5.3.1.1: 64 octets
_CONTROLS = frozenset(map(chr, range(0x20))) | {"\x7f"}


class Senseless(Exception):
    """The control plane says what cannot be."""


def check(offer: wire.Offer) -> None:
    """Look at every part of an offer; raises `Senseless`."""
    if not isfinite(offer.expires_in_seconds) or not _is_plain(offer.lease_id, _LONGEST_NAME):
        raise Senseless("the lease has no name or no time")
    for message in offer.messages:
        _check_message(message)
    for delivery in offer.deliveries:
        if not 0 <= delivery.message < len(offer.messages):
            raise Senseless("a delivery is of no message")
        if not _is_plain(delivery.delivery_id, _LONGEST_NAME) or not _is_plain(delivery.recipient, _LONGEST_ADDRESS):
            raise Senseless("a delivery has no name or no recipient")
        if delivery.return_token and not _returns_to(delivery):
            raise Senseless("a delivery's return path is not its own")


def _check_message(message: wire.OfferedMessage) -> None:
    try:
        envelope = wire.decode_as(bytes(message.envelope), wire.Envelope)
        wire.decode_as(bytes(message.content), wire.Content)
    except msgspec.MsgspecError as error:
        raise Senseless(f"a message cannot be read: {error}") from error
    names = (envelope.tenant_id, envelope.message_id, envelope.stream, envelope.pool_id, envelope.domain)
    if not all(_is_plain(name, _LONGEST_ADDRESS) for name in (*names, envelope.return_domain)):
        raise Senseless("an envelope has no name or no domain")


def _returns_to(delivery: wire.OfferedDelivery) -> bool:
    """Say whether the left side is one that a mail can have, and names the delivery."""
    found = _RETURN_TOKEN.fullmatch(delivery.return_token)
    return found is not None and found[1] == token_of(delivery.delivery_id)


def _is_plain(text: str, longest: int) -> bool:
    return 0 < len(text) <= longest and not _CONTROLS.intersection(text)
