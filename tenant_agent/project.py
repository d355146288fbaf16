"""What each item of the desired state means in the tables that the daemons read: pure, and total over bad input."""

import base64
import datetime as dt
import enum
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from tenant_agent import certificates, identifiers, wire
from tenant_agent.by_key import rows as by_key
from tenant_agent.certificates import Fit
from tenant_agent.design import check_daemons
from tenant_agent.identifiers import Unfit
from tenant_agent.inbound import routed
from tenant_agent.moves.duties import check_move
from tenant_agent.moves.words import CLOSED_LOGIN, CLOSED_WAY
from tenant_agent.peers.book import fit_peers
from tenant_agent.peers.passing import (
    UNKNOWN_WAY,
    fingerprint,
    login_fields,
    login_settings,
    next_hop,
    policy_for,
    roots,
    way_to,
)
from tenant_agent.projections.one_file import THE_ROW
from tenant_agent.relays import fit as relay_fit
from tenant_agent.sending import check_shaping, check_warmup
from tenant_agent.signing_key import signing_key
from tenant_agent.state import ItemId, StoredItem


class Table(enum.IntEnum):
    """The tables, in the order in which a new object's rows are written; those of a deleted one go the other way."""

    SIGNING_KEYS = 0
    """Redis: `<domain>/<selector>` → private key as Rspamd's signer takes it."""
    PEER_POLICIES = 1
    """Postfix: another node as next hop → which certificate it must show."""
    PEER_CERTIFICATES = 2
    """Postfix: fingerprint of another node's certificate → present."""
    PEER_ROOTS = 3
    """Dovecot: one row, the certificates of all other nodes."""
    PEER_SETTINGS = 4
    """Dovecot: one row, settings that make logins pass between the nodes."""
    PASSED = 5
    """Postfix: mailbox address on another node → the transport that leads there."""
    USERS = 6
    """Dovecot: mailbox address → the rest of its passwd-file line."""
    SENDER_LOGINS = 7
    """Postfix: envelope sender → the login that may use it."""
    ELSEWHERE = 8
    """Postfix: mailbox address on a node that is not known → what to answer."""
    ALIASES = 9
    """Postfix: address → where it leads; nothing fills it yet."""
    MAILBOXES = 10
    """Postfix: mailbox address → what to answer to other nodes: present, or that it is on another one."""
    DOMAINS = 11
    """Postfix: domain that mail is accepted for → present."""
    INTAKES = 12
    """Postfix: domain whose mail is handed up → present."""
    QUIET = 13
    """Postfix: the same domains, as a rule that nobody is told if their mail cannot be delivered → present."""
    SNI = 14
    """Postfix: host that a client asks for → base64 of private key and certificates."""
    LOCAL_NAMES = 15
    """Dovecot: host that a client asks for → private key and certificates."""
    OWN_CERTIFICATE = 16
    """Both: one row, what is served to clients that ask for no host → private key and certificates."""
    CHALLENGES = 17
    """The agent's web server: token → key authorization."""
    NEVER_REFUSED = 18
    """Rspamd: the same domains as in INTAKES; their mail is scored but not refused → present."""
    HTTPS_HOSTS = 19
    """The agent's web server: host that a certificate covers → present."""
    ROUTED = 20
    """Postfix: address or domain whose mail a route wants → whether it is taken."""
    ROUTED_DOMAINS = 21
    """Postfix: names below domains, `.` before all below one, whose mail a route wants → present."""
    SMTP_KEYS = 22
    """Dovecot: name that an API key logs in with by SMTP → the rest of its passwd-file line."""


VOLATILE = frozenset({Table.CHALLENGES, Table.HTTPS_HOSTS})
"""Tables that the agent has in its memory only: they are empty in each new life."""


class RowId(NamedTuple):
    """Where a row is."""

    table: Table
    key: str


Rows = dict[RowId, str]
PRESENT = "OK"
LOGIN_REVISION = "fleetpost_revision"
"""The extra field that tells which version of a user's row Dovecot has in force."""
_REVISION = f"userdb_{LOGIN_REVISION}="
LOCKED = "{CRYPT}!"  # no password has this hash
NOT_HERE = "450 4.3.2 This mailbox is kept on another host, please try again"

_INTAKE_TABLES = (Table.INTAKES, Table.QUIET, Table.NEVER_REFUSED)


class Here(msgspec.Struct, frozen=True, kw_only=True):
    """The node that the rows are for."""

    node_id: str
    hostname: str
    """Empty while the node does not know what it is."""
    roles: frozenset[str]
    mail_store: Path
    now: dt.datetime
    peers: Mapping[str, str] = MappingProxyType({})
    """Where other nodes are that mail and logins can be passed to: id → address."""
    closed: frozenset[str] = frozenset()
    """Mailboxes of this node that take neither logins nor mail just now: they are on their way to another."""
    renderers: tuple[int, ...] = ()
    """Revisions that the agent has."""


class Projection(NamedTuple):
    """The rows that the items stand for, and the items that were refused."""

    rows: Rows
    refused: list[wire.Quarantined]
    names: dict[ItemId, tuple[str, ...]]
    """Of each certificate, the hosts that it is for."""


class Tables(NamedTuple):
    """A projection of very many items, table by table: a row's name is stored once, and in one place."""

    rows: dict[Table, dict[str, str]]
    refused: list[wire.Quarantined]
    names: dict[ItemId, tuple[str, ...]]


def project(items: Iterable[StoredItem], here: Here) -> Projection:
    """Give the rows of all these items; one that is unfit is refused and the others go on."""
    tables = project_tables(items, here, Table)
    rows = {RowId(table, key): value for table, found in tables.rows.items() for key, value in found.items()}
    return Projection(rows, tables.refused, tables.names)


def project_tables(items: Iterable[StoredItem], here: Here, wanted: Iterable[Table]) -> Tables:
    """Give the rows of all these items in the tables that are wanted; an unfit one is refused and the others go on."""
    tables: dict[Table, dict[str, str]] = {table: {} for table in wanted}
    refused: list[wire.Quarantined] = []
    fits: dict[ItemId, Fit] = {}
    for stored in items:
        try:
            item = decode(stored)
            if isinstance(item, wire.CertificateItem):
                fits[stored.id] = certificates.check(item, here.now)
            else:
                _add(tables, rows_of(item, here))
        except Unfit as error:
            refused.append(
                wire.Quarantined(kind=stored.id.kind, key=stored.id.key, tenant_id=stored.tenant_id, reason=str(error))
            )
    _add(tables, _certificate_rows(fits.values(), here))
    return Tables(tables, refused, {item_id: fit.names for item_id, fit in fits.items()})


def _add(tables: Mapping[Table, dict[str, str]], rows: Rows) -> None:
    for row_id, value in rows.items():
        if row_id.table in tables:
            tables[row_id.table][row_id.key] = value


def decode(stored: StoredItem) -> wire.Item | None:
    """Read an item; none if its kind is of a later version. Raises `Unfit`."""
    item_type = wire.ITEM_TYPES.get(stored.id.kind)
    if item_type is None:
        return None
    try:
        item: wire.Item = wire.decode_as(stored.payload, item_type)
    except msgspec.MsgspecError as error:
        raise Unfit(f"the item cannot be read: {error}") from error
    if key_of(item) != stored.id.key:
        raise Unfit(f"the item's key does not name what is in it: {key_of(item)[:80]!r}")
    return item


def key_of(item: wire.Item) -> str:
    """Give the key that an item must be stored under."""
    match item:
        case wire.NodeItem():
            return "self"
        case wire.DomainItem():
            return item.name
        case wire.DkimItem():
            return f"{item.domain}/{item.selector}"
        case wire.MailboxItem():
            return item.address
        case wire.HomeItem():
            return wire.home_key(item.system_uid, item.address)
        case wire.CertificateItem():
            return item.names[0] if item.names else ""
        case wire.ChallengeItem():
            return item.token
        case wire.IntakeItem():
            return item.domain
        case wire.InboundItem():
            return item.name
        case wire.MoveItem():
            return item.address
        case wire.WarmupItem():
            return item.ip_id
        case wire.RelayItem():
            return item.relay_id
        case wire.QuotaItem():
            return item.tenant_id
        case wire.SmtpKeyItem():
            return item.key_id
        case wire.DaemonsItem() | wire.ShapingItem() | wire.PeersItem():
            return "self"


def rows_of(item: wire.Item | None, here: Here) -> Rows:
    """Give an item's rows on this node; raises `Unfit`."""
    match item:
        case wire.DomainItem():
            return _domain_rows(item, here)
        case wire.DkimItem():
            return _dkim_rows(item, here)
        case wire.MailboxItem():
            return _mailbox_rows(item, here)
        case wire.NodeItem():
            check_node(item)
            return {}
        case wire.MoveItem():  # what it means is said by the mailbox's own rows
            check_move(item)
            return {}
        case wire.PeersItem():
            return _peers_rows(item, here)
        case wire.DaemonsItem():
            check_daemons(item, here.renderers)
            return {}
        case wire.RelayItem():
            relay_fit.check(item)
            return {}
        case wire.ShapingItem():  # the router reads this and the next ones, as `sending` gathers them
            check_shaping(item)
            return {}
        case wire.WarmupItem():
            check_warmup(item)
            return {}
        case wire.SmtpKeyItem():
            rows = {RowId(Table.SMTP_KEYS, name): row for name, row in by_key.rows(item).items()}
            return rows if {"outbound", "mailbox"} <= here.roles else {}
        case wire.ChallengeItem():
            return _challenge_rows(item, here)
        case wire.IntakeItem():
            return _intake_rows(item, here)
        case wire.InboundItem():
            return _routed_rows(item, here)
        case wire.CertificateItem() | wire.HomeItem() | wire.QuotaItem() | None:  # certificates' are made all together
            return {}


def check_node(node: wire.NodeItem) -> None:
    """Check what a node says of itself before it reaches a configuration file; raises `Unfit`."""
    identifiers.domain(node.hostname)
    identifiers.ip_address(node.service_address)
    for ip in node.ips:
        identifiers.ip_address(ip.address)
        identifiers.domain(ip.hostname)


def row_ids_of(item_id: ItemId) -> tuple[RowId, ...]:
    """Give every row that an item of this name can have anywhere."""
    try:
        match item_id.kind:
            case "domain":
                return (RowId(Table.DOMAINS, identifiers.domain(item_id.key)),)
            case "dkim":
                domain, _, selector = item_id.key.partition("/")
                return (RowId(Table.SIGNING_KEYS, _signing_key_id(domain, selector)),)
            case "mailbox":
                tables = (Table.PASSED, Table.USERS, Table.SENDER_LOGINS, Table.ELSEWHERE, Table.MAILBOXES)
                return tuple(RowId(table, identifiers.address(item_id.key)) for table in tables)
            case "move":
                return tuple(RowId(table, identifiers.address(item_id.key)) for table in (Table.PASSED, Table.USERS))
            case "challenge":
                return (RowId(Table.CHALLENGES, item_id.key),)
            case "intake":
                domain = identifiers.domain(item_id.key)
                return tuple(RowId(table, domain) for table in _INTAKE_TABLES)
            case "smtp_key":
                return tuple(RowId(Table.SMTP_KEYS, name) for name in by_key.names(item_id.key))
            case "inbound":
                return tuple(_routed_row_ids(*routed.keys(item_id.key)))
            case _:
                return ()
    except Unfit:
        return ()  # it was never projected


def row_ids_of_host(host: str, here: Here) -> tuple[RowId, ...]:
    """Give every row that certificates can have for a host; that they name one is not said by their keys."""
    own = (RowId(Table.OWN_CERTIFICATE, THE_ROW),) if host == here.hostname else ()
    return (RowId(Table.SNI, host), RowId(Table.LOCAL_NAMES, host), RowId(Table.HTTPS_HOSTS, host), *own)


def _domain_rows(item: wire.DomainItem, here: Here) -> Rows:
    name = identifiers.domain(item.name)
    identifiers.domain(item.return_domain)
    # On a node that only sends, the domain's mail must leave for its MX like any other.
    return {RowId(Table.DOMAINS, name): PRESENT} if _is_pointed_to(here) else {}


def _dkim_rows(item: wire.DkimItem, here: Here) -> Rows:
    row_id = RowId(Table.SIGNING_KEYS, _signing_key_id(item.domain, item.selector))
    key = signing_key(item)
    return {row_id: key} if item.active and "outbound" in here.roles else {}


def _mailbox_rows(item: wire.MailboxItem, here: Here) -> Rows:
    address = identifiers.address(item.address)
    home = None if item.node_id == here.node_id else here.peers.get(item.node_id)
    is_closed = item.node_id == here.node_id and address in here.closed
    passed = "" if home is None else login_fields(item.node_id, home)
    user = _passwd_fields(item, here.mail_store, CLOSED_LOGIN if is_closed else passed)
    if not _is_pointed_to(here):
        return {}
    if home is None and item.node_id != here.node_id:
        waits = {RowId(Table.PASSED, address): UNKNOWN_WAY, RowId(Table.ELSEWHERE, address): NOT_HERE}
        return waits | {RowId(Table.MAILBOXES, address): NOT_HERE}
    rows = {RowId(Table.MAILBOXES, address): PRESENT if home is None else NOT_HERE}
    if is_closed:
        rows[RowId(Table.PASSED, address)] = CLOSED_WAY
    elif home is not None:
        rows[RowId(Table.PASSED, address)] = way_to(home)
    if "mailbox" in here.roles:
        rows[RowId(Table.USERS, address)] = user
        if item.enabled and item.may_send:
            rows[RowId(Table.SENDER_LOGINS, address)] = address
    return rows


def _peers_rows(item: wire.PeersItem, here: Here) -> Rows:
    peers = fit_peers(item, here.now)
    if not peers or not _is_pointed_to(here):
        return {}
    rows: Rows = {}
    for peer in peers:
        rows[RowId(Table.PEER_POLICIES, next_hop(peer.service_address))] = policy_for(peer)
        rows[RowId(Table.PEER_CERTIFICATES, fingerprint(peer))] = PRESENT
    if "mailbox" in here.roles:
        rows[RowId(Table.PEER_ROOTS, THE_ROW)] = roots(peers)
        rows[RowId(Table.PEER_SETTINGS, THE_ROW)] = login_settings(here.node_id, peers)
    return rows


def _challenge_rows(item: wire.ChallengeItem, here: Here) -> Rows:
    identifiers.challenge(item.token, item.key_authorization)
    return {RowId(Table.CHALLENGES, item.token): item.key_authorization} if _is_pointed_to(here) else {}


def _intake_rows(item: wire.IntakeItem, here: Here) -> Rows:
    domain = identifiers.domain(item.domain)
    if "mx" not in here.roles:
        return {}
    return {RowId(table, domain): PRESENT for table in _INTAKE_TABLES}


def _routed_rows(item: wire.InboundItem, here: Here) -> Rows:
    taken, domains = routed.taken(item), routed.domains(item)
    values = [*taken.values(), *(PRESENT for _ in domains)]
    return dict(zip(_routed_row_ids(taken, domains), values, strict=True)) if "mx" in here.roles else {}


def _routed_row_ids(taken: Iterable[str], domains: Iterable[str]) -> Iterator[RowId]:
    yield from (RowId(Table.ROUTED, key) for key in taken)
    yield from (RowId(Table.ROUTED_DOMAINS, key) for key in domains)


def _certificate_rows(fits: Iterable[Fit], here: Here) -> Rows:
    rows: Rows = {}
    for host, pem in certificates.served(fits).items():
        if "mailbox" in here.roles:
            rows[RowId(Table.LOCAL_NAMES, host)] = pem
        if _is_pointed_to(here):
            rows[RowId(Table.SNI, host)] = base64.b64encode(pem.encode()).decode()
            rows[RowId(Table.HTTPS_HOSTS, host)] = PRESENT
        if host == here.hostname:
            rows[RowId(Table.OWN_CERTIFICATE, THE_ROW)] = pem
    return rows


def _is_pointed_to(here: Here) -> bool:
    """Whether names of customers may point to the node."""
    return bool({"mx", "mailbox"} & here.roles)


def _passwd_fields(item: wire.MailboxItem, mail_store: Path, passed: str) -> str:
    """Write what follows `address:` in a passwd-file: password, uid, gid, gecos, home, shell, extra fields."""
    local, _, domain = item.address.rpartition("@")
    uid = identifiers.system_uid(item.system_uid)
    hashed = identifiers.password_hash(item.password_hash)
    password = f"{{ARGON2ID}}{hashed}" if item.enabled else LOCKED
    home = mail_store / str(uid) / domain / local
    quota = f"userdb_quota_rule=*:bytes={identifiers.byte_count(item.quota_bytes)}"
    row = f"{password}:{uid}:{uid}::{home}::{passed}{quota}"
    return f"{row} {_REVISION}{hashlib.sha256(row.encode()).hexdigest()[:16]}"


def revision_of(row: str) -> str:
    """Give what tells this version of a user's row from others; Dovecot gives it as the field `LOGIN_REVISION`."""
    return row.rpartition(_REVISION)[2]


def _signing_key_id(domain: str, selector: str) -> str:
    return f"{identifiers.domain(domain)}/{identifiers.selector(selector)}"


def chosen(rows: Mapping[RowId, str], table: Table) -> dict[str, str]:
    """Give one table's part of the rows."""
    return {row_id.key: value for row_id, value in rows.items() if row_id.table is table}
