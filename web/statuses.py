"""How a status looks and what it means: its tone (a colour) and a sentence for people."""

import msgspec


class Status(msgspec.Struct, frozen=True):
    """A status as a badge shows it."""

    tone: str
    label: str
    meaning: str


_DELIVERY = {
    "accepted": Status("info", "Accepted", "We have it and are handing it to a sending node."),
    "held": Status("warning", "Held", "It waits until a limit's window turns; nothing need be done."),
    "scheduled": Status("info", "Scheduled", "It leaves at the time that was asked for."),
    "queued": Status("info", "Queued", "A sending node has it and is about to deliver."),
    "deferred": Status("warning", "Deferred", "The other server asked to try again later; we do so by ourselves."),
    "delivered": Status("success", "Delivered", "The recipient's mail server has taken it."),
    "bounced": Status("error", "Bounced", "The recipient's mail server refused it for good."),
    "complained": Status("error", "Complained", "The recipient marked it as spam."),
    "suppressed": Status("quiet", "Suppressed", "It was not sent: the address is on the suppression list."),
    "failed": Status("error", "Failed", "It could not be sent; the last event says why."),
    "cancelled": Status("quiet", "Cancelled", "It was called back before it left."),
}
_RESOURCE = {
    "pending": Status("warning", "Waiting for DNS", "Add the records below at your DNS provider."),
    "verified": Status("success", "Verified", "All records are in place."),
    "degraded": Status("warning", "Needs attention", "A record that was in place has gone."),
    "failed": Status("error", "Not verified", "The records could not be proven."),
    "active": Status("success", "Active", "It works."),
    "suspended": Status("warning", "Suspended", "It is switched off."),
    "disabled": Status("quiet", "Disabled", "It is switched off."),
}
_RECORD = {
    "ok": Status("success", "In place", "The record is as it should be."),
    "missing": Status("warning", "Missing", "The record is not in DNS yet."),
    "wrong": Status("error", "Differs", "There is a record, but with another value."),
    "unknown": Status("quiet", "No answer", "DNS did not answer; it is asked again by itself."),
    "unchecked": Status("quiet", "Not checked yet", "The record has not been looked up yet."),
}

_PURPOSES = {
    "ownership": "Proof that the domain is yours",
    "dkim": "Signature (DKIM)",
    "spf": "Permitted senders (SPF)",
    "return_path": "Returned mail",
    "return_path_spf": "Permitted senders of returned mail (SPF)",
    "dmarc": "Policy (DMARC)",
    "receiving": "Incoming mail",
}

DELIVERY_STATUSES = tuple(_DELIVERY)


def delivery_status(name: str) -> Status:
    """Give the badge of a delivery's status."""
    return _DELIVERY.get(name) or _unknown(name)


def resource_status(name: str) -> Status:
    """Give the badge of a domain's, mailbox's or webhook's status."""
    return _RESOURCE.get(name) or _unknown(name)


def record_status(name: str) -> Status:
    """Give the badge of a DNS record's status."""
    return _RECORD.get(name) or _unknown(name)


def purpose(name: str) -> str:
    """Say what a DNS record is for."""
    return _PURPOSES.get(name, name)


def _unknown(name: str) -> Status:
    return Status("quiet", name.replace("_", " ").capitalize(), "")
