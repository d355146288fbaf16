"""Say how far a change has spread, where the zone's own servers and the resolver do not agree."""

from collections.abc import Iterable, Sequence

from control_plane.mail_domains.checkup.verdict import Verdict
from control_plane.mail_domains.schemas import DnsRecord, RecordStatus, ServerAnswer


def holds(record: DnsRecord, values: Iterable[str]) -> bool:
    """Say whether a record is among the values, as it is to be published."""
    wanted = _squeezed(record.value)
    return any(_squeezed(value) == wanted for value in values)


def spread(record: DnsRecord, verdict: Verdict, servers: Sequence[ServerAnswer]) -> Verdict:
    """Judge anew what looks wrong or missing from here, but is right at the source."""
    reached = [server for server in servers if server.problem is None]
    having = [server for server in reached if holds(record, server.found)]
    if not having or verdict.status == "unknown":
        return verdict
    if record.purpose == "ownership" and verdict.status == "ok":
        return verdict  # one server that has the proof is proof
    if len(having) < len(reached):
        return _partly(verdict, having, reached)
    if verdict.status in ("missing", "wrong"):
        return Verdict(
            "unknown",
            "Your name servers have the record already, and it takes a while until everybody sees it: nothing need be "
            "done.",
            verdict.found,
        )
    return verdict


def _partly(verdict: Verdict, having: Sequence[ServerAnswer], reached: Sequence[ServerAnswer]) -> Verdict:
    sentence = (
        f"Only {len(having)} of {len(reached)} of your name servers have the record: wait for an hour, then ask your "
        "DNS host why they differ."
    )
    status: RecordStatus = "warning" if verdict.status in ("ok", "warning") else "unknown"
    return Verdict(status, sentence, verdict.found)


def _squeezed(text: str) -> str:
    return "".join(text.split()).lower().removesuffix(".")
