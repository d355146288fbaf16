"""API keys: the list, making one, and one key's own page where it is replaced or revoked."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from litestar import get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from control_plane.accounts.key_schemas import ApiKeyChange, CreatedApiKey, KeyRotation, NewApiKey
from control_plane.accounts.service import keys as service
from control_plane.core import inject
from control_plane.core.auth import covers
from control_plane.core.errors import FieldError, Invalid, Refused
from control_plane.core.ids import decode
from control_plane.core.languages import mark
from control_plane.core.runtime import Runtime
from control_plane.core.sandbox import Mode
from web import first_message, key_words, sandbox, smtp_examples, tables
from web import inject as page
from web.cookies import PageRequest
from web.forms import faults
from web.frame import Frame
from web.i18n import gettext
from web.pages.domains import proven_names
from web.reauthentication import recently_signed_in
from web.rendering import Answer
from web.snippets import Snippet, asking
from web.tables import Column, Table
from web.visitor import Visitor, may

_PATH = "/settings/api-keys"
_SECTION = "api-keys"
_PER_PAGE = 50
_READ, _WRITE = [may("api-keys:read")], [may("api-keys:write"), recently_signed_in]
_COLUMNS = (
    Column(mark("Name")),
    Column(mark("May"), wide=True),
    Column(mark("Bound to"), wide=True),
    Column(mark("Expires"), wide=True),
    Column(mark("Last used"), end=True),
)
_FIELDS = {
    "name": "name",
    "mode": "mode",
    "scopes": "preset",
    "expires_at": "days",
    "allowed_domains": "domains",
    "allowed_networks": "networks",
    "requests_per_minute": "rate",
    "smtp": "smtp",
}
_MODES: dict[str, Mode] = {"": "live", "live": "live", "test": "test"}
_NAME_MAX, _LIST_MAX, _RATE_MAX = 200, 100, 1_000_000
_LIFETIMES = {"30": mark("30 days"), "90": mark("90 days"), "365": mark("A year"), "": mark("Never")}
_OVERLAPS = {"0": mark("At once"), "3600": mark("In an hour"), "86400": mark("In a day"), "604800": mark("In a week")}


class KeyForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed."""

    name: str = ""
    mode: str = "live"
    preset: str = "send"
    days: str = "365"
    domains: str = ""
    networks: str = ""
    rate: str = ""
    smtp: str = ""

    def wanted(self, visitor: Visitor, now: datetime) -> NewApiKey:
        """Make the key that was asked for; raises `Invalid`."""
        errors = self._faults()
        preset = next((each for each in key_words.presets(visitor.subject) if each.name == self.preset), None)
        if preset is None or errors:
            missing = [FieldError("scopes", mark("Choose what the key may do."))] if preset is None else []
            raise Invalid(errors=(*errors, *missing))
        return NewApiKey(
            name=self.name,
            scopes=preset.scopes,
            mode=_MODES[self.mode],
            expires_at=now + timedelta(days=int(self.days)) if self.days else None,
            allowed_domains=_listed(self.domains),
            allowed_networks=_listed(self.networks),
            requests_per_minute=int(self.rate) if self.rate else None,
            smtp=bool(self.smtp),
        )

    def _faults(self) -> list[FieldError]:
        found = []
        if len(self.name) > _NAME_MAX:
            found.append(FieldError("name", mark("Use at most 200 characters.")))
        if self.mode not in _MODES:
            found.append(FieldError("mode", mark("Choose one of the list.")))
        if self.days not in _LIFETIMES:
            found.append(FieldError("expires_at", mark("Choose one of the list.")))
        if self.rate and not (re.fullmatch("[0-9]{1,7}", self.rate) and 0 < int(self.rate) <= _RATE_MAX):
            found.append(FieldError("requests_per_minute", mark("A whole number from 1 to 1,000,000.")))
        for field, text in (("allowed_domains", self.domains), ("allowed_networks", self.networks)):
            if len(_listed(text)) > _LIST_MAX:
                found.append(FieldError(field, mark("Use at most 100.")))
        return found


class RotationForm(msgspec.Struct, frozen=True, kw_only=True):
    """When the old secret is to end."""

    overlap: str = ""


class SmtpForm(msgspec.Struct, frozen=True, kw_only=True):
    """Whether mail may be submitted with the key."""

    smtp: str = ""


@get(_PATH, guards=_READ)
async def show_api_keys(
    request: PageRequest, frame: page.Frame, visitor: page.Visitor, runtime: inject.Runtime, db: inject.Database
) -> Answer:
    """Show the list."""
    given = tables.read(request, ())
    after = decode(service.PREFIX, given["after"]) if given["after"] else None
    listed = await service.list_keys(db, after, _PER_PAGE)
    context = {
        "keys": listed.data,
        "table": Table(_PATH, _COLUMNS, given=given, next=listed.next),
        "words": key_words,
        "simulator": sandbox.addresses(),
        "may_write": visitor.may("api-keys:write"),
        "snippets": await _beginning(runtime) if listed.data else (),
    }
    return frame.page("pages/settings_api_keys.html", _SECTION, context)


@get(f"{_PATH}/new", guards=_WRITE)
async def show_new_api_key(frame: page.Frame, visitor: page.Visitor) -> Answer:
    """Show the form of a new key."""
    return _form(frame, visitor, KeyForm())


@post(f"{_PATH}/new", guards=_WRITE)
async def make_api_key(
    frame: page.Frame, visitor: page.Visitor, runtime: inject.Runtime, data: URLEncodedBody[KeyForm]
) -> Answer:
    """Make a key and show its secret this once, or show the form again with what is wrong."""
    try:
        wanted = data.wanted(visitor, runtime.clock.now())
        made = await service.make_key(runtime.db, runtime.clock, visitor.subject, wanted)
    except Refused as refused:
        return _form(frame, visitor, data, refused)
    return await _made(frame, runtime, made)


@get(f"{_PATH}/{{key_id:str}}", guards=_READ)
async def show_api_key(
    frame: page.Frame, visitor: page.Visitor, runtime: inject.Runtime, key_id: FromPath[str]
) -> Answer:
    """Show a key."""
    return await _one(frame, visitor, runtime, key_id)


@post(f"{_PATH}/{{key_id:str}}/rotate", guards=_WRITE)
async def rotate_api_key(
    frame: page.Frame,
    visitor: page.Visitor,
    runtime: inject.Runtime,
    key_id: FromPath[str],
    data: URLEncodedBody[RotationForm],
) -> Answer:
    """Replace a key and show the new secret this once."""
    seconds = int(data.overlap) if data.overlap in _OVERLAPS else KeyRotation().overlap_seconds
    rotation, wanted = KeyRotation(overlap_seconds=seconds), decode(service.PREFIX, key_id)
    try:
        made = await service.rotate_key(runtime.db, runtime.clock, visitor.subject, wanted, rotation)
    except Refused as refused:
        return await _one(frame, visitor, runtime, key_id, refused)
    return await _made(frame, runtime, made)


@post(f"{_PATH}/{{key_id:str}}/smtp", guards=_WRITE)
async def let_api_key_submit(
    frame: page.Frame,
    visitor: page.Visitor,
    runtime: inject.Runtime,
    key_id: FromPath[str],
    data: URLEncodedBody[SmtpForm],
) -> Answer | Redirect:
    """Have a key be good for SMTP, or not any more."""
    wanted, change = decode(service.PREFIX, key_id), ApiKeyChange(smtp=bool(data.smtp))
    try:
        await service.change_key(runtime.db, runtime.clock, visitor.subject, wanted, change)
    except Refused as refused:
        return await _one(frame, visitor, runtime, key_id, refused)
    return Redirect(f"{_PATH}/{key_id}?done=saved", status_code=303)


@post(f"{_PATH}/{{key_id:str}}/revoke", guards=[may("api-keys:write")])
async def revoke_api_key(runtime: inject.Runtime, key_id: FromPath[str]) -> Redirect:
    """End a key: that needs no proof, since it may have to be quick."""
    await service.revoke_key(runtime.db, runtime.clock, decode(service.PREFIX, key_id))
    return Redirect(f"{_PATH}?done=deleted", status_code=303)


def _form(frame: Frame, visitor: Visitor, form: KeyForm, refused: Refused | None = None) -> Answer:
    errors, problem = faults(refused, _FIELDS) if refused else ({}, "")
    context = {
        "form": form,
        "presets": key_words.presets(visitor.subject),
        "lifetimes": [(days, gettext(words)) for days, words in _LIFETIMES.items()],
        "errors": errors,
        "problem": problem,
    }
    status = refused.status.value if refused else 200
    return frame.page("pages/settings_api_key_new.html", _SECTION, context, status_code=status)


async def _one(frame: Frame, visitor: Visitor, runtime: Runtime, key_id: str, refused: Refused | None = None) -> Answer:
    key = await service.get_key(runtime.db, decode(service.PREFIX, key_id))
    context = {
        "key": key,
        "words": key_words,
        "ended": key.expires_at is not None and key.expires_at <= runtime.clock.now(),
        "overlaps": [(seconds, gettext(words)) for seconds, words in _OVERLAPS.items()],
        "may_write": visitor.may("api-keys:write"),
        "smtp": smtp_examples.access(runtime.settings.client_host, key.id, key.allowed_domains),
        "problem": _problem(refused),
    }
    status = refused.status.value if refused else 200
    return frame.page("pages/settings_api_key.html", _SECTION, context, status_code=status)


def _problem(refused: Refused | None) -> str:
    if refused is None:
        return ""
    return " ".join(gettext(error.message) for error in refused.errors) or gettext(refused.detail)


async def _beginning(runtime: Runtime, domains: Sequence[str] = ()) -> tuple[Snippet, ...]:
    known = domains or await proven_names(runtime.db, runtime.settings)
    return first_message.example(first_message.place_of(runtime.settings), known)


async def _first(runtime: Runtime, key: CreatedApiKey) -> tuple[Snippet, ...]:
    """Say what a program may do with the key first."""
    if covers(frozenset(key.scopes), "messages:write"):
        return await _beginning(runtime, key.allowed_domains)
    return asking(first_message.place_of(runtime.settings))


async def _made(frame: Frame, runtime: Runtime, made: CreatedApiKey) -> Answer:
    smtp = smtp_examples.access(runtime.settings.client_host, made.id, made.allowed_domains, made.secret)
    context = {
        "key": made,
        "simulator": sandbox.addresses(),
        "url": runtime.settings.public_url,
        "smtp": smtp,
        "snippets": await _first(runtime, made),
    }
    return frame.page("pages/settings_api_key_made.html", _SECTION, context)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"[\s,;]+", text) if part)


HANDLERS = (
    show_api_keys,
    show_new_api_key,
    make_api_key,
    show_api_key,
    rotate_api_key,
    let_api_key_submit,
    revoke_api_key,
)
