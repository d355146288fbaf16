"""What publishing looks like in the API."""

from datetime import datetime
from typing import Annotated

import msgspec

from control_plane.core.body import Body


class NewSharedLink(Body, frozen=True, kw_only=True):
    """A link to a domain's records for who keeps its DNS."""

    email: Annotated[str, msgspec.Meta(max_length=320)] | None = None
    """Whom to mail it to; nobody: hand it over yourself."""


class SharedLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link that shows a domain's records, read-only, until it expires or is withdrawn."""

    id: str
    domain_id: str
    mailed_to: str | None
    created_at: datetime
    expires_at: datetime


class CreatedSharedLink(SharedLink, frozen=True, kw_only=True):
    """A new link with its address, which is not shown again."""

    url: str
