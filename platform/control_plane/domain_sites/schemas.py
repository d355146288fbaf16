"""What the web names of domains look like in the API, and inside."""

from typing import Annotated, ClassVar, TypeAlias
from uuid import UUID

import msgspec

from control_plane.core.body import Body
from control_plane.core.ids import TenantId
from control_plane.domain_sites.policy import LEAST_MAX_AGE_SECONDS, MOST_MAX_AGE_SECONDS, Mode, Policy

MaxAgeSeconds: TypeAlias = Annotated[int, msgspec.Meta(ge=LEAST_MAX_AGE_SECONDS, le=MOST_MAX_AGE_SECONDS)]


class MtaSts(msgspec.Struct, frozen=True, kw_only=True):
    """The MTA-STS policy of a domain (RFC 8461), as we publish it."""

    OBSERVED: ClassVar[frozenset[str]] = frozenset({"advice"})

    mode: Mode
    max_age_seconds: int
    mx: list[str]
    policy_id: str
    """What the TXT record at `_mta-sts.` names; it changes when the policy does."""
    policy_url: str
    advice: str
    """What would be the next step, or that there is none."""


class MtaStsChange(Body, frozen=True, kw_only=True):
    """What is to be changed; what is left out stays."""

    mode: Mode | msgspec.UnsetType = msgspec.UNSET
    max_age_seconds: MaxAgeSeconds | msgspec.UnsetType = msgspec.UNSET


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """A proven domain for which somebody asked under one of its web names."""

    tenant_id: TenantId
    domain_id: UUID
    name: str
    policy: Policy
    client_host: str
    """The host that its people's mail programs connect to."""
