"""A client's limits as a form: empty says what the plan says, `unlimited` lifts a limit, a number sets it."""

from collections.abc import Mapping

import msgspec

from control_plane.core.errors import FieldError, Invalid
from control_plane.tenants.schemas import Limits
from web.i18n import gettext, mark

_MOST = 2**53
_WITHOUT = mark("unlimited")
_GIGABYTE = 1_000_000_000
_UNITS = {"storage_bytes": _GIGABYTE}

FIELDS = (
    ("messages_month", mark("Messages a month")),
    ("messages_day", mark("Messages a day")),
    ("messages_hour", mark("Messages an hour")),
    ("domains", mark("Domains")),
    ("mailboxes", mark("Mailboxes")),
    ("storage_bytes", mark("Storage in GB")),
    ("contacts", mark("Contacts")),
    ("dedicated_ips", mark("Dedicated IPs")),
)


class LimitForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed."""

    messages_month: str = ""
    messages_day: str = ""
    messages_hour: str = ""
    domains: str = ""
    mailboxes: str = ""
    storage_bytes: str = ""
    contacts: str = ""
    dedicated_ips: str = ""


def read(form: Mapping[str, str]) -> Limits:
    """Read what was typed; raises `Invalid` at `limits.<name>`."""
    found: dict[str, int | None] = {}
    errors = []
    for name, _ in FIELDS:
        text = form.get(name, "").strip().replace(",", "").replace(" ", "")
        if text.lower() in (_WITHOUT, gettext(_WITHOUT).lower()):
            found[name] = None
        elif text and (not (text.isascii() and text.isdigit()) or len(text) > 16 or int(text) > _MOST):
            message = gettext("Write a whole number, or leave it empty.")
            errors.append(FieldError(f"limits.{name}", message))
        elif text:
            found[name] = min(int(text) * _UNITS.get(name, 1), _MOST)
    if errors:
        raise Invalid(errors=tuple(errors))
    return Limits(**found)


def show(limits: Limits) -> dict[str, str]:
    """Write limits as they are typed."""
    return {name: _text(name, getattr(limits, name)) for name, _ in FIELDS}


def _text(name: str, value: int | msgspec.UnsetType | None) -> str:
    if value is msgspec.UNSET:
        return ""
    return gettext(_WITHOUT) if value is None else str(value // _UNITS.get(name, 1))
