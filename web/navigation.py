"""Where one can go: the consoles' sections as data, narrowed to what a person may open and to pages that are there."""

from collections.abc import Collection, Iterable

import msgspec

from control_plane.core.auth import Subject
from control_plane.core.languages import mark


class Entry(msgspec.Struct, frozen=True):
    """One section: its address, its words (to be translated) and its keys."""

    section: str
    """The last part of its path, by which a page names itself."""
    href: str
    label: str
    icon: str
    scope: str = ""
    """What one must be allowed to see it; nothing: everybody may."""
    keys: str = ""
    """Pressed one after the other, they lead here."""
    hint: str = ""
    kinds: frozenset[str] = frozenset()
    """The kinds of tenants that have it; empty: all."""


class Group(msgspec.Struct, frozen=True):
    """Sections that stand together under a word."""

    label: str
    entries: tuple[Entry, ...]


class Navigation(msgspec.Struct, frozen=True, kw_only=True):
    """What one person sees on one page."""

    groups: tuple[Group, ...]
    tabs: tuple[Entry, ...]
    """The sections within settings or account, when one of them is open."""
    all: tuple[Entry, ...]
    """Every entry, for the command palette."""
    current: str
    """The address of the entry that is open."""
    current_tab: str = ""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """List the entries of all groups."""
        return tuple(entry for group in self.groups for entry in group.entries)


_OPERATOR, _AGENCY = frozenset({"operator"}), frozenset({"agency"})

CONSOLES = (
    Group(
        mark("Operator"),
        (
            Entry("operator", "/operator", mark("Fleet"), "activity", "fleet:read", keys="g o"),
            Entry("tenants", "/operator/tenants", mark("Tenants"), "building-2", "fleet:read", keys="g t"),
            Entry("nodes", "/operator/nodes", mark("Nodes"), "server", "fleet:read", keys="g n"),
            Entry("ips", "/operator/ips", mark("Addresses"), "send", "fleet:read", keys="g i", kinds=_OPERATOR),
            Entry("pools", "/operator/pools", mark("Pools"), "layers", "fleet:read", kinds=_OPERATOR),
            Entry("moves", "/operator/moves", mark("Moves"), "circle-arrow-right", "fleet:read", kinds=_OPERATOR),
            Entry("warm-up", "/operator/warm-up", mark("Warm-up"), "hourglass", "fleet:read", kinds=_OPERATOR),
            Entry("shaping", "/operator/shaping", mark("Shaping"), "sliders-horizontal", "fleet:read", kinds=_OPERATOR),
            Entry("rollouts", "/operator/rollouts", mark("Roll-outs"), "refresh-cw", "fleet:read", kinds=_OPERATOR),
            Entry("relays", "/operator/relays", mark("Relays"), "route", "fleet:read", kinds=_OPERATOR),
            Entry("enforcement", "/operator/enforcement", mark("Enforcement"), "gauge", "fleet:read", kinds=_OPERATOR),
            Entry("suppressions", "/operator/suppressions", mark("Suppressions"), "ban", "fleet:read", kinds=_OPERATOR),
            Entry("plans", "/operator/plans", mark("Plans"), "layers", "plans:read", keys="g p", kinds=_OPERATOR),
        ),
    ),
    Group(
        mark("Agency"),
        (
            Entry("clients", "/agency", mark("Clients"), "building-2", "clients:read", keys="g k", kinds=_AGENCY),
            Entry("plans", "/agency/plans", mark("Plans"), "layers", "plans:read", keys="g p", kinds=_AGENCY),
            Entry("suppressions", "/agency/suppressions", mark("Suppressions"), "ban", "clients:read", kinds=_AGENCY),
            Entry("brand", "/agency/brand", mark("Brand"), "palette", "account:read", kinds=_AGENCY),
        ),
    ),
    Group(
        mark("Mail"),
        (
            Entry("home", "/", mark("Home"), "house", keys="g h"),
            Entry("messages", "/messages", mark("Messages"), "mails", "messages:read", keys="g m"),
            Entry("statistics", "/statistics", mark("Statistics"), "activity", "messages:read", keys="g a"),
            Entry("templates", "/templates", mark("Templates"), "layout-template", "templates:read", keys="g l"),
            Entry("domains", "/domains", mark("Domains"), "globe", "domains:read", keys="g d"),
            Entry("reports", "/reports", mark("Reports"), "shield-check", "reports:read", keys="g r"),
            Entry("suppressions", "/suppressions", mark("Suppressions"), "ban", "suppressions:read", keys="g u"),
            Entry("certificates", "/certificates", mark("Certificates"), "lock", "certificates:read", keys="g c"),
            Entry("mailboxes", "/mailboxes", mark("Mailboxes"), "inbox", "mailboxes:read", keys="g b"),
            Entry("inbound", "/inbound", mark("Inbound"), "log-in", "inbound:read"),
            Entry("webhooks", "/webhooks", mark("Webhooks"), "webhook", "webhooks:read", keys="g w"),
            Entry("settings", "/settings", mark("Settings"), "settings", "account:read", keys="g s"),
        ),
    ),
)

SETTINGS = tuple(
    Entry(section, f"/settings/{section}", label, icon, scope, hint=hint)
    for section, label, icon, scope, hint in (
        ("usage", mark("Usage"), "gauge", "account:read", mark("What is used up, what is left, when it starts anew.")),
        (
            "sending-health",
            mark("Sending health"),
            "activity",
            "account:read",
            mark("Bounces and complaints, and what follows from them."),
        ),
        ("members", mark("Members"), "users", "members:read", mark("The people of this account and what each may do.")),
        ("api-keys", mark("API keys"), "key-round", "api-keys:read", mark("What lets your own programs in.")),
        ("relays", mark("Relays"), "route", "relays:read", mark("Other providers’ servers that mail can leave by.")),
        (
            "contents",
            mark("Contents of messages"),
            "hourglass",
            "account:read",
            mark("For how long it is kept what your messages said."),
        ),
        ("access", mark("Access"), "handshake", "account:read", mark("Who else may act for this account.")),
        ("single-sign-on", mark("Single sign-on"), "log-in", "account:read", mark("Your organisation’s own sign-in.")),
        ("audit-log", mark("Audit log"), "scroll-text", "audit-log:read", mark("Who changed what, and when.")),
        (
            "closing",
            mark("Export and closing"),
            "archive",
            "account:read",
            mark("Take your data along, or end it all."),
        ),
    )
)

ACCOUNT = (
    Entry("account", "/account", mark("Profile"), "user", hint=mark("Your name and language.")),
    Entry("security", "/account/security", mark("Security"), "shield-check", hint=mark("Password and second factors.")),
)

_TABS = {"/settings": SETTINGS, "/account": ACCOUNT}


def navigation(subject: Subject, path: str, registered: Collection[str], section: str = "") -> Navigation:
    """Give what a person sees at a path; `registered` are the paths that have a page."""

    def open_ones(entries: Iterable[Entry]) -> tuple[Entry, ...]:
        return tuple(entry for entry in entries if entry.href in registered and may_open(subject, entry))

    groups = tuple(Group(each.label, open_ones(each.entries)) for each in CONSOLES)
    shown = tuple(group for group in groups if group.entries)
    entries = tuple(entry for group in shown for entry in group.entries)
    area = next((root for root in _TABS if _leads(root, path)), "")
    tabs = open_ones(_TABS.get(area, ()))
    return Navigation(
        groups=shown,
        tabs=tabs,
        all=(*entries, *open_ones(SETTINGS), *open_ones(ACCOUNT)),
        current=_current(entries, path, section),
        current_tab=_current(tabs, path, section),
    )


def may_open(subject: Subject, entry: Entry) -> bool:
    """Say whether a person may open a section where they are."""
    fits = not entry.kinds or subject.tenant_kind in entry.kinds
    return fits and (not entry.scope or subject.allows(entry.scope))


def _current(entries: tuple[Entry, ...], path: str, section: str) -> str:
    """Find the entry that leads furthest towards the path, else the one that the page names."""
    leading = sorted((entry.href for entry in entries if _leads(entry.href, path)), key=len)
    named = (entry.href for entry in entries if entry.section == section)
    return leading[-1] if leading else next(named, "")


def _leads(href: str, path: str) -> bool:
    return path == href or (href != "/" and path.startswith(f"{href}/"))
