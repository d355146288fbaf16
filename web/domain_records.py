"""A domain's records for people: grouped by how much depends on them, counted, and what was found made safe to see."""

from collections.abc import Sequence

import msgspec

from control_plane.core.languages import mark
from control_plane.mail_domains.schemas import DnsRecord, Domain, Importance, Purpose
from web.i18n import gettext, ngettext

_MOST_VALUES = 5
_MOST_CHARACTERS = 400
_MOST_SERVERS = 8
_IN_PLACE = ("ok", "warning")
_TO_DO = ("missing", "wrong")


class Saying(msgspec.Struct, frozen=True):
    """What one name server says."""

    server: str
    found: tuple[str, ...]
    problem: str


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A record as its line shows it."""

    record: DnsRecord
    found: tuple[str, ...]
    more_found: int
    servers: tuple[Saying, ...]
    publishable: bool
    open: bool
    """Something is to be done about it, so it is unfolded."""

    @property
    def id(self) -> str:
        """Name the line, so that a live update finds it again."""
        return "-".join(["record", self.record.type.lower(), self.record.host.replace(".", "-").replace("*", "any")])


class Subject(msgspec.Struct, frozen=True):
    """Records that serve one end."""

    label: str
    lines: tuple[Line, ...]


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Records of one importance."""

    importance: Importance
    label: str
    hint: str
    subjects: tuple[Subject, ...]
    in_place: int
    total: int


class Progress(msgspec.Struct, frozen=True):
    """How many of the records that matter are in place."""

    in_place: int
    total: int

    @property
    def percent(self) -> int:
        """Give the part that is done, in whole percent."""
        return 100 * self.in_place // self.total if self.total else 0


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """A domain's records as its page tells them."""

    groups: tuple[Group, ...]
    progress: Progress
    sentence: str
    tone: str


_SUBJECTS: tuple[tuple[str, frozenset[Purpose]], ...] = (
    (mark("Proof"), frozenset({"ownership"})),
    (mark("Sending"), frozenset({"dkim", "spf", "return_path", "return_path_spf", "dmarc", "ptr"})),
    (mark("Receiving"), frozenset({"receiving"})),
    (mark("Mail programs"), frozenset({"mail_host", "autoconfig", "autodiscover", "client_srv"})),
    (mark("Reports"), frozenset({"tls_rpt"})),
    (mark("Trust"), frozenset({"mta_sts", "mta_sts_host", "tlsa", "dnssec", "caa", "acme", "bimi"})),
)
_GROUPS: tuple[tuple[Importance, str, str], ...] = (
    ("required", mark("Required"), mark("Without these, mail is not trusted or does not arrive.")),
    ("recommended", mark("Recommended"), mark("With these, mail is encrypted for sure and people set up in seconds.")),
    ("optional", mark("Optional"), mark("Good to have; nothing depends on them.")),
)
_FOUND_ONLY: frozenset[Purpose] = frozenset({"ptr", "tlsa", "dnssec", "bimi"})
"""What is looked at, and is no record to be published as it stands."""


def story_of(domain: Domain) -> Story:
    """Tell a domain's records."""
    lines = [_line(record) for record in domain.records]
    groups = tuple(group for group in (_group(*each, lines) for each in _GROUPS) if group.total)
    counted = [line for line in lines if line.publishable and line.record.importance != "optional"]
    progress = Progress(sum(_is_in_place(line) for line in counted), len(counted))
    sentence, tone = _sentence(domain)
    return Story(groups=groups, progress=progress, sentence=sentence, tone=tone)


def has_expired(domain: Domain) -> bool:
    """Say whether this is a claim that nobody proved in time."""
    return domain.status == "failed" and domain.proof_missing_since is None


def shown(text: str) -> str:
    """Make what strangers put into DNS fit to be seen: nothing that hides or turns text around, and not without end."""
    cut = text[:_MOST_CHARACTERS]
    plain = "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in cut)
    return f"{plain}…" if len(text) > _MOST_CHARACTERS else plain


def _line(record: DnsRecord) -> Line:
    return Line(
        record=record,
        found=_values(record.found),
        more_found=max(len(record.found) - _MOST_VALUES, 0),
        servers=tuple(
            Saying(shown(each.server), _values(each.found), shown(each.problem or ""))
            for each in record.servers[:_MOST_SERVERS]
        ),
        publishable=record.purpose not in _FOUND_ONLY,
        open=record.status not in ("ok", "unchecked") or (record.importance == "required" and record.status != "ok"),
    )


def _values(found: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(shown, found[:_MOST_VALUES]))


def _group(importance: Importance, label: str, hint: str, lines: Sequence[Line]) -> Group:
    own = [line for line in lines if line.record.importance == importance]
    subjects = [
        Subject(word, tuple(line for line in own if line.record.purpose in purposes)) for word, purposes in _SUBJECTS
    ]
    return Group(
        importance=importance,
        label=label,
        hint=hint,
        subjects=tuple(subject for subject in subjects if subject.lines),
        in_place=sum(map(_is_in_place, own)),
        total=len(own),
    )


def _is_in_place(line: Line) -> bool:
    return line.record.status in _IN_PLACE


def _sentence(domain: Domain) -> tuple[str, str]:
    """Say where a domain stands and what comes next, and in which tone."""
    if has_expired(domain):
        return gettext(
            "The proof of ownership was not found within 30 days, so the claim has expired and nothing is looked up any"
            " more. Claim the domain again: it begins anew, with a fresh proof to publish."
        ), "error"
    if domain.status == "failed":
        return gettext(
            "The proof of ownership has been gone for a week, so nothing is sent or received for this domain."
            " Mailboxes and their mail are kept: publish the proof again, and all of it goes on."
        ), "error"
    if domain.proven_at is None:
        return gettext(
            "Publish these records where the domain’s DNS is kept; we look by ourselves. The first proves it is yours."
        ), "info"
    if domain.proof_missing_since is not None:
        return gettext(
            "The proof of ownership has gone from DNS. Put it back: after seven days without it nothing can be sent or"
            " received for this domain."
        ), "error"
    return _of_proven(domain)


def _of_proven(domain: Domain) -> tuple[str, str]:
    to_do = [record for record in domain.records if record.importance == "required" and record.status in _TO_DO]
    if to_do:
        return ngettext(
            "You can send from this domain, but one required record should be put right so that its mail is trusted.",
            "You can send from this domain, but %(num)s required records should be put right so that its mail is"
            " trusted.",
            len(to_do),
        ) % {"num": len(to_do)}, "warning"
    return gettext("You can send from this domain, and all that is required is in place."), "success"
