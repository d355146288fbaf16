"""What the platform writes to people about."""

from datetime import date, datetime
from typing import Literal, TypeAlias

import msgspec


class SignUpLink(msgspec.Struct, frozen=True, tag="sign_up"):
    """The way on for who asked for an account."""

    path: str


class AlreadyHere(msgspec.Struct, frozen=True, tag="already_here"):
    """Somebody asked for an account with the address of who has one; the link signs in."""

    path: str


class SignInLink(msgspec.Struct, frozen=True, tag="sign_in"):
    """The way in without a password."""

    path: str


class ResetLink(msgspec.Struct, frozen=True, tag="reset_password"):
    """The way to a new password."""

    path: str


class Invitation(msgspec.Struct, frozen=True, tag="invitation"):
    """Somebody is asked to join an account."""

    path: str
    account: str
    """The account's name."""
    invited_by: str
    """Who asks, in words; may be empty."""


class DnsRecordsLink(msgspec.Struct, frozen=True, tag="dns_records"):
    """Whoever keeps a domain's DNS is asked to publish its records."""

    path: str
    domain: str


SecurityEvent = Literal[
    "password_changed", "provider_added", "factor_added", "factor_removed", "passkey_added", "passkey_removed"
]


class SecurityNews(msgspec.Struct, frozen=True, tag="security"):
    """What somebody proves with who they are has changed: they should know, if it was not them."""

    event: SecurityEvent
    address: str = ""
    """The IP address that it was done from."""


class DomainNews(msgspec.Struct, frozen=True, kw_only=True, tag="domain"):
    """What became of a mail domain: those in charge of the account should know, and may have to do something."""

    news: Literal["verified", "recovered", "degraded", "unproven", "failed", "expiring", "expired"]
    domain: str
    """In Unicode, as people read it."""
    path: str
    lost_on: date | None = None
    """When the domain is lost unless its proof comes back."""


class CertificateEnding(msgspec.Struct, frozen=True, tag="certificate_ending"):
    """A certificate ends soon, and nothing has renewed it."""

    path: str
    name: str
    days: int
    """So many are left."""
    problem: str
    """Why it was not renewed; empty for one that only people can renew."""


class NodeSilent(msgspec.Struct, frozen=True, tag="node_silent"):
    """A node of the fleet has been away for minutes: operators should look after it."""

    path: str
    node: str
    """Its name."""
    last_seen_at: datetime | None


class RefusalsRising(msgspec.Struct, frozen=True, kw_only=True, tag="refusals_rising"):
    """Other servers refuse more mail than usual for what is the platform's own matter: operators should look at it."""

    path: str
    provider: str
    """The class of providers."""
    bounce_class: str
    bounces: int
    """So many lately."""
    examples: tuple[str, ...]
    """What some of the servers said."""


class MailGivenUp(msgspec.Struct, frozen=True, kw_only=True, tag="mail_given_up"):
    """A mail that a node had taken could not be taken in by the platform: operators should look at why."""

    path: str
    domain: str
    """Whom it was for."""
    mail_id: str
    problem: str
    """What the last try ran into."""


class WebhookNews(msgspec.Struct, frozen=True, kw_only=True, tag="webhook"):
    """A webhook was disabled: events are no longer sent to it."""

    reason: Literal["failing", "gone", "manual"]
    address: str
    path: str


class SendingNews(msgspec.Struct, frozen=True, kw_only=True, tag="sending"):
    """Bad figures led to a measure, or one became milder."""

    path: str
    account: str
    stream: Literal["transactional", "broadcast", "all"]
    step: Literal["none", "warned", "throttled", "risk", "paused"]
    cause: str
    note: str = ""
    """An operator's words."""


class AppealMade(msgspec.Struct, frozen=True, kw_only=True, tag="appeal_made"):
    """An account asks for a measure to be lifted: operators should answer."""

    path: str
    account: str


class AppealAnswered(msgspec.Struct, frozen=True, kw_only=True, tag="appeal_answered"):
    """An operator has answered an appeal."""

    path: str
    account: str
    accepted: bool
    answer: str


class ForwardQuestion(msgspec.Struct, frozen=True, kw_only=True, tag="forward_question"):
    """Somebody is asked whether they want the mail that an account would forward to them."""

    path: str
    account: str
    """Its name."""


class ForwardPaused(msgspec.Struct, frozen=True, kw_only=True, tag="forward_paused"):
    """Mail to an address came back: nothing more is forwarded to it."""

    path: str
    email: str
    reason: str


Notice: TypeAlias = (
    AppealAnswered
    | AppealMade
    | CertificateEnding
    | DomainNews
    | ForwardPaused
    | ForwardQuestion
    | MailGivenUp
    | NodeSilent
    | RefusalsRising
    | SendingNews
    | SignUpLink
    | AlreadyHere
    | SignInLink
    | ResetLink
    | Invitation
    | SecurityNews
    | DnsRecordsLink
    | WebhookNews
)


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A notice in words, before it is text and HTML."""

    subject: str
    paragraphs: tuple[str, ...]
    action: str = ""
    """What the button says."""
    path: str = ""
    """Where it leads, on the host of who writes."""
    closing: str = ""
    """What to do if it was not for the reader."""
