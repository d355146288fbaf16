"""Mail on its way to a node: what a message says once, whose it is, and its recipients one by one."""

from collections.abc import Iterator
from typing import Final

import msgspec

FILES_PATH: Final = "/agent/v1/files"
"""GET of `FILES_PATH/tenant_id/message_id/file id`, of a message of which the node has a delivery that it took.

`Range: bytes=N-` is understood. 404: it is none of that node's, or not any more.
"""


class Address(msgspec.Struct, frozen=True, array_like=True):
    """A mailbox as in a From or To header; `name` may hold any Unicode but no control characters."""

    email: str
    name: str = ""


class FileRef(msgspec.Struct, frozen=True, array_like=True):
    """Bytes that are too many for a frame: the agent fetches them before it sends the mail, see `FILES_PATH`."""

    id: str
    """26 characters."""
    size: int
    sha256: bytes


class Attachment(msgspec.Struct, frozen=True, array_like=True):
    """A file; with `content_id` it is an inline part that the HTML refers to as `cid:…`."""

    filename: str
    content_type: str
    content: bytes | FileRef
    content_id: str | None = None


class LongRaw(msgspec.Struct, frozen=True, array_like=True):
    """A whole message whose body lies elsewhere."""

    header: bytes
    """With the empty line behind it."""
    body: FileRef
    is_ascii: bool
    """Whether the body is."""


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
    raw: bytes | LongRaw | None = None
    """The whole message, as it came by SMTP: then everything but `sender` and `subject` is empty."""


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
    """The VERP return path is `<OfferedDelivery.return_token>@return_domain`."""
    date_ms: int | None = None
    """Unix milliseconds for the Date header; None: those in the message's id."""

    @property
    def is_transactional(self) -> bool:
        """Whether somebody waits for it: then it goes before other mail."""
        return self.stream == "transactional"


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
    return_token: str = ""
    """The return path's left side: the delivery's id without its prefix, then a MAC that the control plane knows again.
    Empty, as from a control plane that does not sign: the id alone."""


def files_of(content: Content) -> Iterator[FileRef]:
    """Name the files that a message refers to."""
    if isinstance(content.raw, LongRaw):
        yield content.raw.body
    for attachment in content.attachments:
        if isinstance(attachment.content, FileRef):
            yield attachment.content
