"""Say of each record how it stands and what is to be done: pure."""

from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

from control_plane.mail_domains import records as former
from control_plane.mail_domains.checkup.observations import Observations
from control_plane.mail_domains.schemas import DnsRecord

Standing: TypeAlias = Literal["sound", "flawed", "unknown"]

_FORMER = frozenset({"ownership", "dkim", "receiving", "spf", "return_path", "return_path_spf", "dmarc"})


def judge(records: Sequence[DnsRecord], observations: Observations) -> list[DnsRecord]:
    """Judge all records of a domain, in their order."""
    return [former.judge(each, observations.answers) if each.purpose in _FORMER else each for each in records]


def standing(judged: Iterable[DnsRecord]) -> Standing:
    """Sum up what is required: flawed only if something is definitely missing or wrong."""
    statuses = {record.status for record in judged if record.importance == "required"}
    if statuses & {"missing", "wrong"}:
        return "flawed"
    return "unknown" if statuses & {"unknown", "unchecked"} else "sound"
