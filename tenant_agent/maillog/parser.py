"""Turns lines of Postfix's log into records; it remembers only which connection of a delivery agent is under TLS."""

import re
from collections.abc import Iterator

import structlog

from tenant_agent import wire
from tenant_agent.maillog.records import Activated, Attempted, Expired, LocalTime, Marked, Record, Removed, Requeued

log = structlog.get_logger(__name__)

MARK_TAG = "fleetpost-agent"

_QUEUE_ID = r"(?P<queue_id>[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{10,20})"
_ADDRESS_BEGINS = r'<(?:(?:"(?:[^"\\]|\\.)*"|[^"<>])*@)?'
"""As Postfix writes one (info_log_address_format = external): what is in quotes may look like the rest of the line."""
_DOMAIN = r'[^"<>@]*'
_ATTEMPT = re.compile(
    rf"{_QUEUE_ID}: to={_ADDRESS_BEGINS}(?P<domain>{_DOMAIN})>, (?:orig_to={_ADDRESS_BEGINS}{_DOMAIN}>, )?"
    r"relay=(?P<relay>[^,]+), (?:conn_use=\d+, )?delay=(?P<delay>[\d.]+), "
    r"delays=(?P<a>[\d.]+)/(?P<b>[\d.]+)/(?P<c>[\d.]+)/(?P<d>[\d.]+), "
    r"dsn=(?P<dsn>[245]\.\d+\.\d+), status=(?P<status>\w+) \((?P<reply>.*)\)"
)
_FROM = re.compile(_QUEUE_ID + r": from=<(?P<sender>[^>]*)>, (?:size=(?P<size>\d+)|status=(?P<status>expired))")
_REMOVED = re.compile(_QUEUE_ID + r": removed")
_REQUEUED = re.compile(_QUEUE_ID + r": uid=\d+ from=<[^>]*> orig_id=(?P<former>[0-9A-Za-z]{10,20})\Z")
_TLS = re.compile(r"\w+ TLS connection (?:established|reused) to (?P<relay>\S+): (?P<version>\S+) with cipher")

_MONTHS = {name: month for month, name in enumerate(re.findall("...", "JanFebMarAprMayJunJulAugSepOctNovDec"), 1)}


class Parser:
    """Reads lines in order.

    The line that tells of TLS has no queue id: it belongs to the next delivery that the same process reports for the
    same peer. `tls` maps such a process to its peer and TLS version until then. The platform's messages have one
    recipient each; were there several in one connection, only the first would show the TLS version.
    """

    def __init__(self, tls: dict[str, tuple[str, str]] | None = None) -> None:
        self.tls = tls or {}

    def records(self, text: str) -> Iterator[Record]:
        """Give the records in some complete lines; one that a full disk or a power cut has torn is passed over."""
        for line in text.split("\n"):
            head, colon, rest = line.partition("]: ")
            if not colon:
                continue
            try:
                record = self._record(head.lstrip("\0"), rest)
            except (ValueError, KeyError):
                log.warning("maillog.unreadable", line=line[:200])
                continue
            if record is not None:
                yield record

    def _record(self, head: str, rest: str) -> Record | None:
        # Cheap tests first: most lines say nothing that matters.
        if ": to=<" in rest:
            return self._attempted(head, rest)
        if "/qmgr[" in head:
            return _from_queue_manager(head, rest)
        if " TLS connection " in rest:
            self._note_tls(head, rest)
        elif f" {MARK_TAG}[" in head:
            return Marked(rest)
        elif "/pickup[" in head and (match := _REQUEUED.match(rest)):
            return Requeued(match["queue_id"], match["former"])
        elif "/postsuper[" in head and (match := _REMOVED.match(rest)):
            return Removed(match["queue_id"], _local_time(head), by_hand=True)
        return None

    def _attempted(self, head: str, rest: str) -> Attempted | None:
        match = _ATTEMPT.match(rest)
        if match is None:
            return None
        agent = _agent(head)
        relay = None if match["relay"] == "none" else match["relay"]
        before, queued, connect, transmit = (float(match[part]) for part in "abcd")
        return Attempted(
            queue_id=match["queue_id"],
            domain=match["domain"].lower(),
            at=_local_time(head),
            service=_service(agent),
            relay=relay,
            dsn=match["dsn"],
            status=match["status"],
            reply=_remote_words(match["reply"], relay),
            delays=wire.Delays(before_queue_s=before, in_queue_s=queued, connect_s=connect, transmit_s=transmit),
            delay_s=float(match["delay"]),
            tls=self._tls_version(agent, relay),
        )

    def _note_tls(self, head: str, rest: str) -> None:
        match = _TLS.match(rest)
        if match is not None:
            self.tls[_agent(head)] = (match["relay"], match["version"])

    def _tls_version(self, agent: str, relay: str | None) -> str | None:
        peer, version = self.tls.pop(agent, ("", None))
        return version if peer == relay else None


def _from_queue_manager(head: str, rest: str) -> Record | None:
    match = _FROM.match(rest)
    if match is None:
        removed = _REMOVED.match(rest)
        return Removed(removed["queue_id"], _local_time(head), by_hand=False) if removed else None
    if match["status"]:
        return Expired(match["queue_id"], _local_time(head))
    return Activated(match["queue_id"], match["sender"])


def _agent(head: str) -> str:
    """Give `postfix/out-10-77-1-11/smtp[136`."""
    return head[head.rfind(" ") + 1 :]


def _service(agent: str) -> str:
    """Give `out-10-77-1-11` of `postfix/out-10-77-1-11/smtp[136`, and `lmtp` of `postfix/lmtp[136`."""
    parts = agent.partition("[")[0].split("/")
    return parts[1] if len(parts) > 1 else parts[0]


def _local_time(head: str) -> LocalTime:
    """Read `Nov 21 22:02:21` at the start of a line."""
    return LocalTime(_MONTHS[head[:3]], int(head[4:6]), int(head[7:9]), int(head[10:12]), int(head[13:15]))


def _remote_words(text: str, relay: str | None) -> str:
    """Leave out who said it when that is the relay, which is told apart."""
    said_by = f"host {relay.rpartition(':')[0]} said: " if relay else ""
    return text.removeprefix(said_by) if said_by else text
