"""A certificate in words and as a picture: how it stands, and how much of its life is over."""

from datetime import datetime

import msgspec

from control_plane.certificates.schemas import Certificate
from control_plane.core.languages import mark
from web.i18n import gettext, ngettext
from web.statuses import Status

_STATUSES: dict[str, Status] = {
    "pending": Status("info", mark("On its way"), mark("It is being ordered; you need do nothing unless it says so.")),
    "issued": Status("success", mark("Served"), mark("It is given to mail programs and browsers.")),
    "failed": Status("error", mark("Not issued"), mark("Several attempts failed; the sentence below says why.")),
    "revoked": Status("quiet", mark("Revoked"), mark("It was declared void, and nothing is served.")),
    "superseded": Status("quiet", mark("Replaced"), mark("A certificate that you uploaded is served instead.")),
}
_AILING = Status("warning", mark("Renewal fails"), mark("It is served, but the next one does not come yet."))
_ENDING = Status("warning", mark("Ends soon"), mark("Upload its successor before it ends."))
_OVER = Status("error", mark("Expired"), mark("Mail programs and browsers warn of it."))
_SOON_DAYS = 14


class CertificateLine(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate as pages show it."""

    certificate: Certificate
    status: Status
    used_percent: int
    """How much of its life is over."""
    ends: str
    """In how many days, in words; empty without a certificate."""
    can_be_renewed: bool


def line(certificate: Certificate, now: datetime) -> CertificateLine:
    """Say how a certificate stands."""
    return CertificateLine(
        certificate=certificate,
        status=_spoken(_status(certificate, now)),
        used_percent=_used_percent(certificate, now),
        ends=_ends(certificate, now),
        can_be_renewed=certificate.source == "acme" and certificate.status != "superseded",
    )


def _status(certificate: Certificate, now: datetime) -> Status:
    known = _STATUSES[certificate.status]
    if certificate.status != "issued" or certificate.not_after is None:
        return known
    if certificate.not_after <= now:
        return _OVER
    if certificate.source == "upload":
        return _ENDING if (certificate.not_after - now).days < _SOON_DAYS else known
    return _AILING if certificate.problem else known


def _spoken(status: Status) -> Status:
    return Status(status.tone, gettext(status.label), gettext(status.meaning))


def _used_percent(certificate: Certificate, now: datetime) -> int:
    if certificate.not_before is None or certificate.not_after is None:
        return 0
    life = (certificate.not_after - certificate.not_before).total_seconds()
    return max(0, min(100, round(100 * (now - certificate.not_before).total_seconds() / max(life, 1))))


def _ends(certificate: Certificate, now: datetime) -> str:
    if certificate.not_after is None:
        return ""
    days = (certificate.not_after - now).days
    if days < 0:
        return gettext("It is over.")
    return ngettext("One more day", "%(num)s more days", days) % {"num": days}
