"""Whether what was asked for can be a relay: the server, the login, the scope."""

import re
from collections.abc import Sequence

import httpx

from control_plane.core import http
from control_plane.core.database import Transaction
from control_plane.core.errors import FieldError, Invalid
from control_plane.core.http import Network
from control_plane.mail_domains import names
from control_plane.relays.presets import PORTS, PRESETS, RelayKind, hosts_of
from control_plane.relays.queries import relays as queries
from control_plane.relays.queries.relays import RelayRow

_CLASS = re.compile(r"class:[a-z0-9][a-z0-9-]{0,19}")
_LOGIN = re.compile(r"[\x20-\x7e]+")
_ONE_LINE = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


async def check_server(row: RelayRow, allowed: Sequence[Network]) -> None:
    """Refuse a server that mail must not be brought to; raises `Invalid`. Nodes check again with every connection."""
    problem = _host_problem(row.kind, row.host)
    if not problem and row.host not in hosts_of(row.kind):
        problem = await _address_problem(row.host, allowed)
    errors = [FieldError("host", problem)] if problem else []
    if row.port not in PORTS:
        errors.append(FieldError("port", f"Use one of {', '.join(map(str, PORTS))}."))
    if errors:
        raise Invalid(errors=tuple(errors))


def check_words(name: str, username: str, password: str | None) -> None:
    """Refuse a name or a login that could become something else on its way to Postfix; raises `Invalid`."""
    errors = []
    if not _ONE_LINE.fullmatch(name):
        errors.append(FieldError("name", "Write it on one line, without control characters."))
    if not _LOGIN.fullmatch(username) or ":" in username:
        errors.append(FieldError("username", "Give the user name in ASCII characters, without a colon."))
    if password is not None and not _LOGIN.fullmatch(password):
        errors.append(FieldError("password", "Give the password in ASCII characters, on one line."))
    if errors:
        raise Invalid(errors=tuple(errors))


async def check_scope(tx: Transaction, row: RelayRow) -> None:
    """Refuse From domains that are not the tenant's, and destinations that are none; raises `Invalid`."""
    own = set(row.domains) if row.for_all else await queries.own_domains(tx.connection, row.domains)
    errors = [
        FieldError(f"scope.domains[{place}]", f"{name[:80]} is not a domain of yours: add it first.")
        for place, name in enumerate(row.domains)
        if name not in own
    ]
    errors += [
        FieldError(f"scope.destinations[{place}]", "Give a domain, or class: and the name of a provider's class.")
        for place, name in enumerate(row.destinations)
        if not (_CLASS.fullmatch(name) or _domain(name) == name)
    ]
    if errors:
        raise Invalid(errors=tuple(errors))


def tidy(text: str) -> str:
    """Write a domain as A-labels in lower case, if it is one; a class stays as it is."""
    stripped = text.strip().lower()
    return _domain(stripped) or stripped


def _host_problem(kind: RelayKind, host: str) -> str:
    if _domain(host) != host or host.rpartition(".")[2].isdigit():
        return "Give the name of the server, such as smtp.example.com; its certificate must bear it."
    if kind != "smtp" and host not in hosts_of(kind):
        return f"{PRESETS[kind].title} has no such server: use one of {', '.join(hosts_of(kind))}, or another kind."
    return ""


async def _address_problem(host: str, allowed: Sequence[Network]) -> str:
    try:
        await http.checked_address(httpx.URL(f"https://{host}/"), allowed)
    except http.ForbiddenAddress:
        return "This server is not on the public internet."
    except http.Unresolved:
        return f"{host} cannot be looked up just now: try again in a moment."
    except httpx.ConnectError:
        return f"{host} has no address: check its spelling."
    return ""


def _domain(text: str) -> str | None:
    try:
        return names.normalise(text)
    except names.NotADomain:
        return None
