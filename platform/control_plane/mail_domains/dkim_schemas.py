"""What a domain's DKIM keys look like in the API; their private halves never do."""

from datetime import datetime
from typing import Annotated, ClassVar

import msgspec

from control_plane.core.body import Body
from control_plane.mail_domains.checkup.needs import DkimMode
from control_plane.mail_domains.dkim import Algorithm
from control_plane.mail_domains.dkim_life import KeyStatus


class DkimKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key in its life: pending, active, retiring, retired."""

    selector: str
    algorithm: Algorithm
    status: KeyStatus
    public_key: str
    """Base64, as in the `p=` tag."""
    host: str
    """Where receivers look for it."""
    created_at: datetime
    seen_at: datetime | None
    """Since when it was seen in DNS; it signs once it was."""
    activated_at: datetime | None
    retiring_at: datetime | None
    """Since when it no longer signs."""
    record_until: datetime | None
    """Its record stays until then, for mail that is still under way."""
    retired_at: datetime | None
    compromised_at: datetime | None


class DkimKeys(msgspec.Struct, frozen=True, kw_only=True):
    """A domain's DKIM keys, and how they are replaced."""

    OBSERVED: ClassVar[frozenset[str]] = frozenset({"keys", "can_rotate", "next_rotation_at"})

    mode: DkimMode
    """`cname`: the keys lie in our zone, and rotation needs nothing from you. `txt`: you publish each key."""
    can_use_cname: bool
    """Whether this installation has a zone of its own."""
    rotate_days: int | None
    """After so many days keys are replaced without being asked; null: never."""
    next_rotation_at: datetime | None
    can_rotate: bool
    """False while a rotation is under way, and before the domain is proven."""
    keys: list[DkimKey]
    """The living, then the last that were retired, newest first."""


class DkimChange(Body, frozen=True, kw_only=True):
    """How keys are published and replaced; what is left out stays."""

    mode: DkimMode | msgspec.UnsetType = msgspec.UNSET
    rotate_days: Annotated[int, msgspec.Meta(ge=30, le=730)] | msgspec.UnsetType | None = msgspec.UNSET


class Rotation(Body, frozen=True, kw_only=True):
    """A rotation to be begun."""

    compromised: bool = False
    """Others may have the keys: they are withdrawn at once, and mail waits until their successors are seen in DNS.

    In mode `txt` they sign on until you have published the new records, and then at once no more.
    """
