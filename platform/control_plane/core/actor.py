"""Who acts, for the audit log: a person, a key, or the platform itself; bound once at the edge of a request."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

import msgspec

from control_plane.core.ids import TenantId
from control_plane.core.tenancy import bound_tenant


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who does something."""

    kind: Literal["user", "key", "system"]
    id: str = ""
    """Public id of the person or the key."""
    name: str = ""
    """A person's address, a key's name."""
    tenant_id: TenantId | None = None
    """Where they belong; another tenant than the bound one when they act on behalf of it."""
    address: str = ""
    """The IP address that the request came from."""


SYSTEM = Actor(kind="system", name="Fleetpost")

_actor: ContextVar[Actor] = ContextVar("actor", default=SYSTEM)


def acts_from_above() -> bool:
    """Say whether somebody from a provider acts for the bound tenant."""
    return current_actor().tenant_id not in (None, bound_tenant())


def bind_actor(actor: Actor) -> None:
    """Bind for the rest of this request."""
    _actor.set(actor)


@contextmanager
def acting_as(actor: Actor) -> Generator[None]:
    """Bind for a block: commands, tests."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


def current_actor() -> Actor:
    """Give who acts; the platform itself when nobody is bound."""
    return _actor.get()
