"""The command palette: pages, commands, accounts, and what the search finds; and the sheet of keyboard shortcuts."""

from collections.abc import AsyncIterator, Iterable, Sequence
from itertools import groupby

import msgspec
from litestar import get
from litestar.params import FromQuery

from control_plane.accounts import service as accounts
from control_plane.core import inject
from control_plane.core.database import Database
from control_plane.core.errors import Refused
from control_plane.core.languages import mark
from control_plane.core.runtime import Runtime
from control_plane.mail_domains import service as mail_domains
from control_plane.mailboxes import service as mailboxes
from control_plane.messages import service as messages
from control_plane.messages.schemas import Filters, MessageSummary
from web import inject as page
from web.cookies import PageRequest
from web.frame import registered_paths
from web.i18n import gettext
from web.navigation import Entry, navigation
from web.pages.places import choices
from web.rendering import Answer
from web.visitor import Visitor

_OF_EACH = 5
_LOOKED_AT = 200


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the palette: a place to go, an account to switch to, or a button to press."""

    group: str
    label: str
    icon: str
    hint: str = ""
    href: str = ""
    switch_to: str = ""
    press: str = ""
    """The selector of a button on the page."""


_COMMANDS = (
    (Entry("compose", "/messages/new", mark("Write a message"), "pen-line", "messages:write", keys="c"), ""),
    (Entry("theme", "", mark("Switch between light and dark"), "moon"), "[data-theme-switch]"),
    (Entry("shortcuts", "", mark("Keyboard shortcuts"), "keyboard", keys="?"), "[data-shortcuts]"),
)


@get("/palette")
async def show_palette(
    request: PageRequest, frame: page.Frame, visitor: page.Visitor, runtime: inject.Runtime
) -> Answer:
    """Show the palette as it is when it opens."""
    return frame.part("pages/_palette.html", {"groups": await _groups(request, visitor, runtime, "")})


@get("/palette/results")
async def find(
    request: PageRequest, frame: page.Frame, visitor: page.Visitor, runtime: inject.Runtime, q: FromQuery[str] = ""
) -> Answer:
    """Find what fits the words."""
    return frame.part("pages/_palette_options.html", {"groups": await _groups(request, visitor, runtime, q)})


@get("/palette/shortcuts")
async def show_shortcuts(request: PageRequest, frame: page.Frame, visitor: page.Visitor) -> Answer:
    """Show the keys."""
    entries = navigation(visitor.subject, "/palette", registered_paths(request.app)).all
    return frame.part("pages/_shortcuts.html", {"entries": [entry for entry in entries if entry.keys]})


async def _groups(
    request: PageRequest, visitor: Visitor, runtime: Runtime, query: str
) -> list[tuple[str, list[Option]]]:
    words = query.strip().casefold()
    found = [option for option in _pages(request, visitor) if words in option.label.casefold()]
    found += [option for option in _commands(visitor) if words in option.label.casefold()]
    if words:
        found += await _accounts(runtime.db, visitor, words)
        found += [option async for option in _objects(runtime, visitor, query.strip())]
    return [(name, list(options)) for name, options in groupby(found, key=lambda option: option.group)]


def _pages(request: PageRequest, visitor: Visitor) -> Iterable[Option]:
    for entry in navigation(visitor.subject, "/palette", registered_paths(request.app)).all:
        yield Option(
            group=gettext("Pages"), label=gettext(entry.label), icon=entry.icon, hint=entry.keys, href=entry.href
        )


def _commands(visitor: Visitor) -> Iterable[Option]:
    for entry, press in _COMMANDS:
        if not entry.scope or visitor.subject.allows(entry.scope):
            label = gettext(entry.label)
            yield Option(
                group=gettext("Commands"), label=label, icon=entry.icon, hint=entry.keys, href=entry.href, press=press
            )


async def _accounts(db: Database, visitor: Visitor, words: str) -> list[Option]:
    places = await accounts.places(db, visitor.user_id, visitor.session)
    return [
        Option(group=gettext("Accounts"), label=choice.name, icon="building-2", hint=choice.digit, switch_to=choice.id)
        for choice in choices(places, visitor.subject.tenant_id, words)
        if not choice.current
    ][:_OF_EACH]


async def _objects(runtime: Runtime, visitor: Visitor, query: str) -> AsyncIterator[Option]:
    """Find domains and mailboxes by a part of their name, messages by an address of theirs or any id."""
    db, wanted = runtime.db, query.lower()
    if visitor.subject.allows("domains:read"):
        domains = (await mail_domains.list_domains(db, runtime.settings, None, _LOOKED_AT)).data
        for domain in [each for each in domains if wanted in each.name][:_OF_EACH]:
            yield Option(group=gettext("Domains"), label=domain.name, icon="globe", href=f"/domains/{domain.id}")
    if visitor.subject.allows("mailboxes:read"):
        boxes = (await mailboxes.list_mailboxes(db, None, _LOOKED_AT)).data
        for box in [each for each in boxes if wanted in each.address or wanted in each.name.lower()][:_OF_EACH]:
            yield Option(group=gettext("Mailboxes"), label=box.address, icon="inbox", hint=box.name, href="/mailboxes")
    if visitor.subject.allows("messages:read"):
        for message in await _messages(runtime, query):
            label = message.subject or gettext("(no subject)")
            yield Option(group=gettext("Messages"), label=label, icon="mails", href=f"/messages/{message.id}")


async def _messages(runtime: Runtime, query: str) -> Sequence[MessageSummary]:
    if "@" not in query and "_" not in query:  # words are found in the list, with all that goes on there
        return ()
    try:
        return (await messages.listing(runtime.db, Filters(query=query), _OF_EACH, None, runtime.clock.now())).data
    except Refused:  # half of something that is still being typed
        return ()


HANDLERS = (show_palette, find, show_shortcuts)
