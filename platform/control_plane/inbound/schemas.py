"""A mail that a node handed up, and what came of it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec

from control_plane.core.ids import TenantId
from control_plane.core.runtime import Runtime


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """One mail to one recipient, as it came from the world: nothing in it is to be believed."""

    id: UUID
    """The same if the mail is taken a second time."""
    recipient: str
    sender: str
    """The return path; empty for the null sender."""
    client: str | None
    """The IP address that it came from."""
    received_at: datetime
    raw: bytes
    is_last_try: bool = False
    """It was tried so often that it is given up if it is not taken now: keep it without reading it, if that can be."""


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What a handler made of a mail."""

    tenant_id: TenantId | None = None
    """Whose it is, as far as that was found out."""
    refused: str | None = None
    """Why nothing could be made of it: a sentence, kept beside the mail. It is not tried again."""


class NotYet(Exception):
    """It is too early for a mail: it is kept until then, and the try does not count."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"not before {until:%Y-%m-%d %H:%M:%S}")
        self.until = until


class Handler(Protocol):
    """Takes the mail of some recipients. The worker asks its handlers in turn; the first that wants a mail has it."""

    async def sort(self, runtime: Runtime, recipients: Collection[str]) -> Mapping[str, TenantId | None]:
        """Say which of these addresses are its own, and whose each is, if that is known; before a mail is read."""
        ...

    async def take(
        self, runtime: Runtime, tenant_id: TenantId | None, mails: Sequence[Mail]
    ) -> Mapping[UUID, Taken | NotYet]:
        """Do what is to be done, in transactions of its own; safe to repeat. Says of each mail what came of it.

        The mails of one tenant come together, and all others one by one. They are read one after another, so that few
        are in memory in parts. What it raises has each mail tried by itself, and puts off the one that does it again.
        """
        ...
