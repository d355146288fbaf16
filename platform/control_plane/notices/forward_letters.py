"""What is written about mail that is forwarded: to whom it would go, and to those whose forwarding was paused."""

from gettext import NullTranslations

from control_plane.notices.schemas import ForwardPaused, ForwardQuestion, Letter


def forward_question_letter(notice: ForwardQuestion, words: NullTranslations) -> Letter:
    """Ask somebody whether they want another account's mail."""
    _ = words.gettext
    names = {"account": notice.account}
    return Letter(
        subject=_("Do you want mail of %(account)s?") % names,
        paragraphs=(
            _("%(account)s wants to forward mail to this address. It begins when you agree, and not before.") % names,
            _("The link is good for 7 days. You can also say there that you do not want it.") % names,
        ),
        action=_("See and answer"),
        path=notice.path,
        closing=_("If you do not know who asks, you need do nothing."),
    )


def forward_paused_letter(notice: ForwardPaused, words: NullTranslations) -> Letter:
    """Tell those in charge that nothing more is forwarded to an address."""
    _ = words.gettext
    names = {"email": notice.email}
    return Letter(
        subject=_("Forwarding to %(email)s is paused") % names,
        paragraphs=(
            notice.reason,
            _("Mail that would be forwarded is held from now on; nothing is lost."),
            _("When the address works again, have its owner asked anew on the route's page; then release the mail."),
        ),
        action=_("See the routes"),
        path=notice.path,
    )
