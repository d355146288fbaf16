"""Whose product the pages look like: ours, or an agency's; found once per request."""

from contextvars import ContextVar

import msgspec


class Brand(msgspec.Struct, frozen=True, kw_only=True):
    """A name, colours and a logo."""

    name: str = "Fleetpost"
    css_url: str = ""
    logo_url: str = ""
    support: str = ""
    """Where to ask for help."""
    is_ours: bool = True


_OURS = Brand()
_brand: ContextVar[Brand] = ContextVar("brand", default=_OURS)


def brand() -> Brand:
    """Give the brand of this request's pages."""
    return _brand.get()


def wear(chosen: Brand) -> None:
    """Bind the brand for the rest of this request."""
    _brand.set(chosen)
