"""What each notice says, in the reader's language."""

from gettext import NullTranslations
from typing import assert_never

from control_plane.core.languages import mark
from control_plane.notices.domain_letters import domain_letter
from control_plane.notices.forward_letters import forward_paused_letter, forward_question_letter
from control_plane.notices.schemas import (
    AlreadyHere,
    AppealAnswered,
    AppealMade,
    CertificateEnding,
    DnsRecordsLink,
    DomainNews,
    ForwardPaused,
    ForwardQuestion,
    Invitation,
    Letter,
    MailGivenUp,
    NodeSilent,
    Notice,
    RefusalsRising,
    ResetLink,
    SecurityEvent,
    SecurityNews,
    SendingNews,
    SignInLink,
    SignUpLink,
    WebhookNews,
)
from control_plane.notices.sending_letters import appeal_answered_letter, appeal_made_letter, sending_letter

_NOT_YOU = mark("If you did not ask for this, you need do nothing: without the link nobody gets in.")
_NEWS: dict[SecurityEvent, str] = {
    "password_changed": mark("Your password was changed."),
    "provider_added": mark("Your organisation's sign-in now lets you in."),
    "factor_added": mark("An authenticator app now guards your account."),
    "factor_removed": mark("The authenticator app no longer guards your account."),
    "passkey_added": mark("A passkey was added to your account."),
    "passkey_removed": mark("A passkey was removed from your account."),
}

_REFUSALS = {
    "auth_failed": mark("SPF, DKIM, DMARC or the reverse name of an address did not satisfy them"),
    "protocol": mark("something in the way we speak SMTP or write mail is not to their liking"),
    "rate_limited": mark("more came from us than they take at a time"),
    "reputation_blocked": mark("an address or a domain of ours has a bad name with them, or is on a list"),
}


def letter_of(notice: Notice, words: NullTranslations) -> Letter:
    """Put a notice into words."""
    match notice:
        case SignUpLink():
            return _sign_up(notice, words)
        case AlreadyHere():
            return _already_here(notice, words)
        case SignInLink():
            return _sign_in(notice, words)
        case ResetLink():
            return _reset(notice, words)
        case Invitation():
            return _invitation(notice, words)
        case DnsRecordsLink():
            return _dns_records(notice, words)
        case SecurityNews():
            return _news(notice, words)
        case CertificateEnding():
            return _certificate_ending(notice, words)
        case DomainNews():
            return domain_letter(notice, words)
        case NodeSilent():
            return _node_silent(notice, words)
        case WebhookNews():
            return _webhook_disabled(notice, words)
        case RefusalsRising():
            return _refusals_rising(notice, words)
        case MailGivenUp():
            return _mail_given_up(notice, words)
        case SendingNews():
            return sending_letter(notice, words)
        case ForwardQuestion():
            return forward_question_letter(notice, words)
        case ForwardPaused():
            return forward_paused_letter(notice, words)
        case AppealMade():
            return appeal_made_letter(notice, words)
        case AppealAnswered():
            return appeal_answered_letter(notice, words)
    assert_never(notice)


def _sign_up(notice: SignUpLink, words: NullTranslations) -> Letter:
    _ = words.gettext
    return Letter(
        subject=_("Your link to get started"),
        paragraphs=(
            _("Welcome! One step is left: open the link and name your account."),
            _("The link is good for 24 hours and works once."),
        ),
        action=_("Set up my account"),
        path=notice.path,
        closing=_(_NOT_YOU),
    )


def _already_here(notice: AlreadyHere, words: NullTranslations) -> Letter:
    _ = words.gettext
    return Letter(
        subject=_("You already have an account"),
        paragraphs=(
            _("Somebody, probably you, asked for a new account with this address. You have one already."),
            _("The link signs you in. It is good for 15 minutes and works once."),
        ),
        action=_("Sign in"),
        path=notice.path,
        closing=_(_NOT_YOU),
    )


def _sign_in(notice: SignInLink, words: NullTranslations) -> Letter:
    _ = words.gettext
    return Letter(
        subject=_("Your link to sign in"),
        paragraphs=(_("Open the link to sign in. It is good for 15 minutes and works once."),),
        action=_("Sign in"),
        path=notice.path,
        closing=_(_NOT_YOU),
    )


def _reset(notice: ResetLink, words: NullTranslations) -> Letter:
    _ = words.gettext
    return Letter(
        subject=_("Choose a new password"),
        paragraphs=(_("Open the link to choose a new password. It is good for 15 minutes and works once."),),
        action=_("Choose a new password"),
        path=notice.path,
        closing=_("If you did not ask for this, you need do nothing: your password stays as it is."),
    )


def _invitation(notice: Invitation, words: NullTranslations) -> Letter:
    _ = words.gettext
    names = {"account": notice.account, "who": notice.invited_by}
    asked = (
        _("%(who)s invites you to join %(account)s.")
        if notice.invited_by
        else _("You are invited to join %(account)s.")
    )
    return Letter(
        subject=_("Join %(account)s") % names,
        paragraphs=(asked % names, _("The link is good for 7 days and works once.")),
        action=_("See the invitation"),
        path=notice.path,
        closing=_("If you do not know who writes, you need do nothing."),
    )


def _dns_records(notice: DnsRecordsLink, words: NullTranslations) -> Letter:
    _ = words.gettext
    name = {"domain": notice.domain}
    return Letter(
        subject=_("DNS records for %(domain)s") % name,
        paragraphs=(
            _("Somebody who sets up mail for %(domain)s asks you to publish its DNS records.") % name,
            _("The page shows each record with its present state, and has them as a zone file. It needs no account."),
            _("The link is good for 14 days."),
        ),
        action=_("See the records"),
        path=notice.path,
        closing=_("If you do not look after this domain, you need do nothing."),
    )


def _news(notice: SecurityNews, words: NullTranslations) -> Letter:
    _ = words.gettext
    what = _(_NEWS[notice.event])
    where = (_("It was done from the address %(address)s.") % {"address": notice.address},) if notice.address else ()
    return Letter(
        subject=what.rstrip(".。"),
        paragraphs=(what, *where),
        action=_("Look at my account's security"),
        path="/account/security",
        closing=_("If it was not you, choose a new password at once; that ends all other sessions."),
    )


def _certificate_ending(notice: CertificateEnding, words: NullTranslations) -> Letter:
    ending = words.ngettext(
        "The certificate of %(name)s ends in %(num)s day.",
        "The certificate of %(name)s ends in %(num)s days.",
        notice.days,
    ) % {"name": notice.name, "num": notice.days}
    _ = words.gettext
    after = _("After that, mail programs and other servers warn of it or refuse to connect.")
    todo = notice.problem or _("It is one that you uploaded: upload its successor in time.")
    return Letter(
        subject=ending.rstrip(".。"),
        paragraphs=(ending, after, todo),
        action=_("See the certificate"),
        path=notice.path,
    )


def _node_silent(notice: NodeSilent, words: NullTranslations) -> Letter:
    _ = words.gettext
    seen = f"{notice.last_seen_at:%Y-%m-%d %H:%M} UTC" if notice.last_seen_at else "–"
    return Letter(
        subject=_("Node %(node)s is lost") % {"node": notice.node},
        paragraphs=(
            _("Node %(node)s has been silent since %(time)s.") % {"node": notice.node, "time": seen},
            _("If only its link is down, it goes on serving and sends what it has. New mail leaves elsewhere."),
            _("Look whether the machine runs and whether “fleetpost-agent check” on it finds something wrong."),
        ),
        action=_("See the node"),
        path=notice.path,
    )


def _refusals_rising(notice: RefusalsRising, words: NullTranslations) -> Letter:
    _ = words.gettext
    said = {"count": notice.bounces, "provider": notice.provider, "reason": _(_REFUSALS[notice.bounce_class])}
    return Letter(
        subject=_("Mail to %(provider)s is refused more often than usual") % said,
        paragraphs=(
            _("In the last hours %(count)s mails to %(provider)s were refused: %(reason)s.") % said,
            *(_("One of the answers: “%(answer)s”") % {"answer": example} for example in notice.examples),
            _("No address was suppressed for it. You are told of this at most once a day."),
        ),
        action=_("See the fleet"),
        path=notice.path,
    )


def _mail_given_up(notice: MailGivenUp, words: NullTranslations) -> Letter:
    _ = words.gettext
    said = {"domain": notice.domain, "mail_id": notice.mail_id, "problem": notice.problem}
    return Letter(
        subject=_("A mail that came in is given up"),
        paragraphs=(
            _("A mail for %(domain)s was tried eight times in a day and never taken: %(problem)s") % said,
            _("Its sender does not know. It is kept for seven days as %(mail_id)s; the log says what went wrong.")
            % said,
            _("There may be more of them. You are told of this at most once a day."),
        ),
        action=_("See the fleet"),
        path=notice.path,
    )


def _webhook_disabled(notice: WebhookNews, words: NullTranslations) -> Letter:
    _ = words.gettext
    why = (
        _("It answered “410 Gone”, which asks for no more events.")
        if notice.reason == "gone"
        else _("For five days, every event that we sent to it failed.")
    )
    return Letter(
        subject=_("A webhook was switched off"),
        paragraphs=(
            _("We no longer send events to %(address)s.") % {"address": notice.address},
            why,
            _("Put the program there right, then switch the webhook on again and have sent what it missed."),
        ),
        action=_("See the webhook"),
        path=notice.path,
    )
