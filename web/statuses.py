"""How a status looks and what it means: its tone (a colour) and a sentence for people."""

from collections.abc import Mapping

import msgspec

from control_plane.core.languages import mark
from web.i18n import gettext


class Status(msgspec.Struct, frozen=True):
    """A status as a badge shows it."""

    tone: str
    label: str
    meaning: str


_DELIVERY = {
    "accepted": Status("info", mark("Accepted"), mark("We have it and are handing it to a sending node.")),
    "held": Status(
        "warning",
        mark("Held"),
        mark("It waits for room within a limit, or for the account to be resumed; then it goes by itself."),
    ),
    "scheduled": Status("info", mark("Scheduled"), mark("It leaves at the time that was asked for.")),
    "queued": Status("info", mark("Queued"), mark("A sending node has it and is about to deliver.")),
    "deferred": Status(
        "warning", mark("Deferred"), mark("The other server asked to try again later; we do so by ourselves.")
    ),
    "delivered": Status("success", mark("Delivered"), mark("The recipient's mail server has taken it.")),
    "bounced": Status("error", mark("Bounced"), mark("The recipient's mail server refused it for good.")),
    "complained": Status("error", mark("Complained"), mark("The recipient marked it as spam.")),
    "suppressed": Status("quiet", mark("Suppressed"), mark("It was not sent: the address is on the suppression list.")),
    "failed": Status("error", mark("Failed"), mark("It could not be sent; the last event says why.")),
    "cancelled": Status("quiet", mark("Cancelled"), mark("It was called back before it left.")),
}
_RESOURCE = {
    "pending": Status("warning", mark("Waiting for DNS"), mark("Add the records below at your DNS provider.")),
    "verified": Status("success", mark("Verified"), mark("All that is required is in place.")),
    "degraded": Status("warning", mark("Needs attention"), mark("A required record is missing or wrong.")),
    "failed": Status("error", mark("Not verified"), mark("The records could not be proven.")),
    "active": Status("success", mark("Active"), mark("It works.")),
    "suspended": Status("warning", mark("Suspended"), mark("It is switched off.")),
    "disabled": Status("quiet", mark("Disabled"), mark("It is switched off.")),
}
_RECORD = {
    "ok": Status("success", mark("In place"), mark("The record is as it should be.")),
    "warning": Status("info", mark("Could be better"), mark("It works; the sentence below says what would be better.")),
    "missing": Status("warning", mark("Missing"), mark("The record is not in DNS yet.")),
    "wrong": Status("error", mark("Differs"), mark("There is a record, but with another value.")),
    "unknown": Status("quiet", mark("No answer"), mark("DNS did not answer; it is asked again by itself.")),
    "unchecked": Status("quiet", mark("Not checked yet"), mark("The record has not been looked up yet.")),
}
_PUBLICATION = {
    "comparing": Status("info", mark("Comparing"), mark("The provider is asked what is there.")),
    "compared": Status("info", mark("Waiting for you"), mark("Nothing is changed until you say so.")),
    "applying": Status("info", mark("Publishing"), mark("The records are being published.")),
    "applied": Status("success", mark("Published"), mark("All that was to be published is there.")),
    "rolling_back": Status("info", mark("Going back"), mark("What stood there before is being put back.")),
    "rolled_back": Status("quiet", mark("Taken back"), mark("The zone is as it was before.")),
    "incomplete": Status("warning", mark("Incomplete"), mark("Some records are left; you can go on.")),
    "failed": Status("error", mark("Failed"), mark("The zone could not be opened.")),
}
_STEP = {
    "proposed": Status("quiet", mark("Proposed"), mark("Nothing is done yet.")),
    "left_out": Status("quiet", mark("Left alone"), mark("Nothing was done here.")),
    "waiting": Status("info", mark("Waiting"), mark("Its turn comes.")),
    "done": Status("success", mark("Published"), mark("The provider shows it.")),
    "failed": Status("error", mark("Failed"), mark("It could not be published.")),
    "taken_back": Status("quiet", mark("Taken back"), mark("It is as it was before.")),
    "kept": Status("warning", mark("Kept"), mark("Somebody has changed it since, so it was left alone.")),
}
_ACTION = {
    "create": Status("success", mark("Add"), mark("There is none yet.")),
    "change": Status("info", mark("Change"), mark("What is there is kept, as far as it can be.")),
    "leave": Status("quiet", mark("In place"), mark("Nothing need be done.")),
    "conflict": Status("warning", mark("Your decision"), mark("Something else stands there.")),
}
_SENDING = {
    "pending": Status("info", mark("On the way"), mark("It is sent, or tried again, by itself.")),
    "delivered": Status("success", mark("Delivered"), mark("Your program has taken it.")),
    "failed": Status("error", mark("Given up"), mark("Your program never took it; you can have it sent once more.")),
}

_PURPOSES = {
    "ownership": mark("Proof that the domain is yours"),
    "dkim": mark("Signature (DKIM)"),
    "spf": mark("Permitted senders (SPF)"),
    "return_path": mark("Returned mail"),
    "return_path_spf": mark("Permitted senders of returned mail (SPF)"),
    "dmarc": mark("Policy (DMARC)"),
    "receiving": mark("Incoming mail"),
    "mail_host": mark("Name for mail programs"),
    "mta_sts": mark("Encryption promised (MTA-STS)"),
    "mta_sts_host": mark("Where the promise is read (MTA-STS)"),
    "tls_rpt": mark("Reports on encryption (TLS-RPT)"),
    "autoconfig": mark("Thunderbird and others set themselves up"),
    "autodiscover": mark("Outlook sets itself up"),
    "client_srv": mark("Mail programs find the server"),
    "acme": mark("Certificates"),
    "ptr": mark("Names of the sending addresses (PTR)"),
    "tlsa": mark("Certificate of the mail server (DANE)"),
    "dnssec": mark("Signed answers (DNSSEC)"),
    "caa": mark("Who may issue certificates (CAA)"),
    "bimi": mark("Logo beside your mail (BIMI)"),
}

DELIVERY_STATUSES = tuple(_DELIVERY)
"""In the order of a filter."""


def delivery_status(name: str) -> Status:
    """Give the badge of a delivery's status."""
    return _spoken(_DELIVERY, name)


def resource_status(name: str) -> Status:
    """Give the badge of a domain's, mailbox's or webhook's status."""
    return _spoken(_RESOURCE, name)


def record_status(name: str) -> Status:
    """Give the badge of a DNS record's status."""
    return _spoken(_RECORD, name)


def publication_status(name: str) -> Status:
    """Give the badge of records on their way to a provider."""
    return _spoken(_PUBLICATION, name)


def step_status(name: str) -> Status:
    """Give the badge of one record set on its way to a provider."""
    return _spoken(_STEP, name)


def step_action(name: str) -> Status:
    """Give the badge of what is to be done with a record set."""
    return _spoken(_ACTION, name)


def sending_status(name: str) -> Status:
    """Give the badge of an event on its way to a webhook."""
    return _spoken(_SENDING, name)


def purpose(name: str) -> str:
    """Say what a DNS record is for."""
    return gettext(_PURPOSES[name]) if name in _PURPOSES else name


def _spoken(known: Mapping[str, Status], name: str) -> Status:
    """Say a status in the reader's language; one that is new to us is shown by its name."""
    status = known.get(name)
    if status is None:
        return Status("quiet", name.replace("_", " ").capitalize(), "")
    return Status(status.tone, gettext(status.label), gettext(status.meaning))
