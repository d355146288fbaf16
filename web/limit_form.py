"""A client's limits as a form: empty says what the plan says, `unlimited` lifts a limit, a number sets it."""

from collections.abc import Mapping

import msgspec

from control_plane.core.errors import FieldError, Invalid
from control_plane.core.languages import mark
from control_plane.tenants.schemas import Limits
from web import gigabytes
from web.i18n import gettext

_MOST = 2**53
_DIGITS = 16
_WITHOUT = mark("unlimited")
_STORAGE = "storage_bytes"

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
        text = form.get(name, "").strip()
        if text.lower() in (_WITHOUT, gettext(_WITHOUT).lower()):
            found[name] = None
        elif text:
            amount = gigabytes.read(text) if name == _STORAGE else _whole(text)
            if amount is None:
                errors.append(FieldError(f"limits.{name}", gettext("Write a number, or leave it empty.")))
            found[name] = amount and min(amount, _MOST)
    if errors:
        raise Invalid(errors=tuple(errors))
    return Limits(**found)


def _whole(typed: str) -> int | None:
    text = typed.replace(",", "").replace(" ", "")
    fits = text.isascii() and text.isdigit() and len(text) <= _DIGITS and int(text) <= _MOST
    return int(text) if fits else None


def show(limits: Limits) -> dict[str, str]:
    """Write limits as they are typed."""
    return {name: _text(name, getattr(limits, name)) for name, _ in FIELDS}


def _text(name: str, value: int | msgspec.UnsetType | None) -> str:
    if value is msgspec.UNSET:
        return ""
    if value is None:
        return gettext(_WITHOUT)
    return gigabytes.shown(value) if name == _STORAGE else str(value)
