"""What a new account should do first, and what of it is done; only what the visitor may do is asked of them."""

import msgspec

from control_plane.core.auth import Subject
from web.i18n import gettext as _


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in the account."""

    proven_domain: str = ""
    can_connect: bool = False
    """There is an API key or a mailbox."""
    has_sent: bool = False
    is_protected: bool = False
    """The visitor has a second factor."""
    has_company: bool = False
    """Somebody else is a member, or is invited."""
    has_webhook: bool = False


class ChecklistStep(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to set up."""

    done: bool
    title: str
    sentence: str
    href: str
    action: str
    scope: str = ""


class Checklist(msgspec.Struct, frozen=True):
    """The steps that are the visitor's."""

    steps: tuple[ChecklistStep, ...]

    @property
    def done(self) -> int:
        """Count the steps that are done."""
        return sum(step.done for step in self.steps)

    @property
    def is_complete(self) -> bool:
        """Say whether nothing is left."""
        return self.done == len(self.steps)


def checklist(facts: Facts, subject: Subject) -> Checklist:
    """Say what is done and what is next."""
    steps = (*_mail(facts), *_account(facts))
    return Checklist(tuple(step for step in steps if not step.scope or subject.allows(step.scope)))


def _mail(facts: Facts) -> tuple[ChecklistStep, ...]:
    name = facts.proven_domain
    return (
        ChecklistStep(
            done=bool(name),
            title=_("Prove a domain"),
            sentence=_("%(domain)s is yours.") % {"domain": name} if name else _("A few DNS records show it is yours."),
            href="/domains",
            action=_("Go to domains"),
            scope="domains:write",
        ),
        ChecklistStep(
            done=facts.can_connect,
            title=_("Make a mailbox or an API key"),
            sentence=_("People and programs can log in.") if facts.can_connect else _("For people, or for programs."),
            href="/mailboxes",
            action=_("Go to mailboxes"),
            scope="mailboxes:write",
        ),
        ChecklistStep(
            done=facts.has_sent,
            title=_("Send a first message"),
            sentence=_("Done, and each step was recorded.") if facts.has_sent else _("Watch it on its way."),
            href="/messages/new",
            action=_("Write a message"),
            scope="messages:write",
        ),
    )


def _account(facts: Facts) -> tuple[ChecklistStep, ...]:
    return (
        ChecklistStep(
            done=facts.is_protected,
            title=_("Protect your account"),
            sentence=_("A password alone opens nothing.") if facts.is_protected else _("An app or a passkey does it."),
            href="/account/security",
            action=_("Add a second factor"),
        ),
        ChecklistStep(
            done=facts.has_company,
            title=_("Invite a colleague"),
            sentence=_("You are not alone here.") if facts.has_company else _("So that somebody can stand in for you."),
            href="/settings/members",
            action=_("Go to members"),
            scope="members:write",
        ),
        ChecklistStep(
            done=facts.has_webhook,
            title=_("Set a webhook"),
            sentence=_("Your systems hear what happens.")
            if facts.has_webhook
            else _("Let your systems hear what happens."),
            href="/webhooks",
            action=_("Go to webhooks"),
            scope="webhooks:write",
        ),
    )
