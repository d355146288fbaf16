"""Mail on its way to a node: what a message says once, whose it is, and its recipients one by one."""

import msgspec


class Address(msgspec.Struct, frozen=True, array_like=True):
    """A mailbox as in a From or To header; `name` may hold any Unicode but no control characters."""

    email: str
    name: str = ""


class Attachment(msgspec.Struct, frozen=True, array_like=True):
    """A file; with `content_id` it is an inline part that the HTML refers to as `cid:…`."""

    filename: str
    content_type: str
    content: bytes
    content_id: str | None = None


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What a message says, the same for all its recipients. The control plane stores and forwards it as msgpack."""

    sender: Address
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    subject: str = ""
    text: str | None = None
    html: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    attachments: tuple[Attachment, ...] = ()


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """Whose mail it is and where it comes back to."""

    tenant_id: str
    message_id: str
    """`msg_…`; also the left side of the Message-ID header."""
    stream: str
    pool_id: str
    domain: str
    """The From domain: DKIM's d= and the right side of the Message-ID header."""
    return_domain: str
    """The VERP return path is `<delivery id without prefix>@return_domain`."""


class OfferedMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message once, however many of its recipients are in the batch."""

    envelope: msgspec.Raw
    """msgpack of `Envelope`, as stored."""
    content: msgspec.Raw
    """msgpack of `Content`, as stored."""


class OfferedDelivery(msgspec.Struct, frozen=True, array_like=True):
    """One recipient of one message."""

    delivery_id: str
    """`dlv_…`: the token under which it is injected exactly once."""
    message: int
    """Index into `Offer.messages`."""
    recipient: str
