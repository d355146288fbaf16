"""What is written when figures lead to a measure or a measure ends: to those in charge, and to those above them."""

from gettext import NullTranslations

import msgspec

from control_plane.core.languages import mark
from control_plane.notices.schemas import AppealAnswered, AppealMade, Letter, SendingNews


class _Words(msgspec.Struct, frozen=True):
    subject: str
    happened: str
    next_step: str


_STEPS: dict[str, _Words] = {
    "none": _Words(
        mark("Mail of %(account)s flows as usual again"),
        mark("There is no measure on the %(stream)s of %(account)s any more."),
        mark("Nothing need be done."),
    ),
    "warned": _Words(
        mark("Too much of what %(account)s sends comes back"),
        mark("The figures of the %(stream)s of %(account)s are beyond what providers accept: %(why)s."),
        mark("Nothing is kept back yet. Send to those only who asked for it, and remove addresses that bounce."),
    ),
    "throttled": _Words(
        mark("Mail of %(account)s is slowed down"),
        mark("The figures of the %(stream)s of %(account)s are beyond what providers accept: %(why)s."),
        mark("Fewer messages leave an hour; what is beyond that waits and goes by itself, nothing is lost."),
    ),
    "risk": _Words(
        mark("Mail of %(account)s leaves by other addresses"),
        mark("The figures of the %(stream)s of %(account)s have not become better: %(why)s."),
        mark("It leaves slowly, and by addresses apart from those of others. The next step is a pause."),
    ),
    "paused": _Words(
        mark("Mail of %(account)s is paused"),
        mark("The %(stream)s of %(account)s are paused: %(why)s."),
        mark("New messages are accepted and held. Say what happened and what you changed, and we look at it."),
    ),
}
_STREAMS = {
    "transactional": mark("transactional messages"),
    "broadcast": mark("broadcasts"),
    "all": mark("messages of every kind"),
}
_CAUSES = {
    "bounces": mark("too many addresses do not exist"),
    "complaints": mark("too many recipients marked them as spam"),
    "repeated": mark("it is the second pause within a month"),
    "everywhere": mark("both streams had to be paused"),
    "clean": mark("there has been nothing bad for days"),
    "operator": mark("an operator decided it"),
    "appeal_accepted": mark("your appeal was accepted"),
    "exempted": mark("an operator trusts the account for now"),
}


def sending_letter(notice: SendingNews, words: NullTranslations) -> Letter:
    """Put a step into words."""
    _ = words.gettext
    text = _STEPS[notice.step]
    said = {"account": notice.account, "stream": _(_STREAMS[notice.stream]), "why": _(_CAUSES[notice.cause])}
    note = (_("An operator writes: “%(note)s”") % {"note": notice.note},) if notice.note else ()
    return Letter(
        subject=_(text.subject) % said,
        paragraphs=(_(text.happened) % said, *note, _(text.next_step) % said),
        action=_("See the figures"),
        path=notice.path,
    )


def appeal_made_letter(notice: AppealMade, words: NullTranslations) -> Letter:
    """Put it into words for operators."""
    _ = words.gettext
    said = {"account": notice.account}
    return Letter(
        subject=_("%(account)s appeals against a measure") % said,
        paragraphs=(
            _("%(account)s asks for its mail to be let go, and says what was changed.") % said,
            _("Read it and answer: accept it, and the streams are on probation, or decline it and say why."),
        ),
        action=_("Read the appeal"),
        path=notice.path,
    )


def appeal_answered_letter(notice: AppealAnswered, words: NullTranslations) -> Letter:
    """Put it into words for those who appealed."""
    _ = words.gettext
    said = {"account": notice.account}
    subject = (
        _("The appeal of %(account)s was accepted") if notice.accepted else _("The appeal of %(account)s was declined")
    )
    return Letter(
        subject=subject % said,
        paragraphs=(_("We looked at it. The answer: “%(answer)s”") % {"answer": notice.answer},),
        action=_("See the figures"),
        path=notice.path,
    )
