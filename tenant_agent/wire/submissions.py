"""Mail that programs submit by SMTP with an API key: who may, and how it is handed up to become a message."""

from typing import Final

import msgspec

SUBMISSIONS_PATH: Final = "/agent/v1/submissions"
"""POST of one mail: a line of JSON, the `SubmittedMail`, then the mail as it was written; 204 once it is a message.

A mail that was taken before is taken again without harm: its id is its identity. 4xx: it will never be taken.
"""
MOST_BYTES: Final = 30 * 1024 * 1024
"""Of one mail: what a frame with it can take."""
MOST_HEADER_BYTES: Final = 256 * 1024
MOST_HEADER_FIELDS: Final = 1000
"""Of one mail's header: what is beyond is no letter but an attempt to keep somebody busy."""
STREAMS: Final = ("transactional", "broadcast")
"""What may stand behind a key's name in a login, as in `key_…+broadcast`."""


class SmtpKeyItem(msgspec.Struct, frozen=True, kw_only=True):
    """Kind `smtp_key`, key its id: an API key that mail may be submitted with on nodes that take submissions."""

    key_id: str
    """`key_…`; also the name that programs log in with."""
    password_hash: str
    """Of the whole secret `fp_…`, which is long and random: base64 of SHA-512 and salt, Dovecot's scheme SSHA512."""
    allowed_domains: tuple[str, ...] = ()
    """Domains that it may write as; empty: all of its tenant's."""
    allowed_networks: tuple[str, ...] = ()
    """Where it may be used from, as in `192.0.2.0/24`; empty: anywhere."""
    expires_at_ms: int | None = None
    enabled: bool = True
    """False while its tenant is suspended."""


class SubmittedMail(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a mail that was submitted, beside the mail itself."""

    id: str
    """26 characters, shaped like a UUIDv7, made of the node and the queue id: the same at every try."""
    key_id: str
    stream: str
    """What the login asked for; empty: what the mail asks for, or the usual."""
    sender: str
    """Of the envelope; empty for the null sender."""
    recipients: tuple[str, ...]
    received_at_ms: int
    client: str
    """The IP address that it came from; empty if it is not known."""
    queue_id: str
    """Which the program was told when its mail was taken."""
