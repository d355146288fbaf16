"""What a page may say after a redirect, by `?done=`: nobody else's words appear on a page by its address."""

from control_plane.core.languages import mark
from web.i18n import gettext

_TOASTS = {
    "rotation-begun": mark("New keys are made. They sign once they are seen in DNS."),
    "domain-added": mark("The domain is added. Set the records below, then check."),
    "domain-deleted": mark("The domain is deleted."),
    "link-withdrawn": mark("The link shows nothing any more."),
    "provider-connected": mark("The provider is connected: compare what it has with what is needed."),
    "provider-removed": mark("The provider is removed, and its credentials are forgotten."),
    "certificate-ordered": mark("It is ordered; that takes some seconds."),
    "certificate-uploaded": mark("It is served from now on."),
    "certificate-revoked": mark("It is revoked."),
    "mailbox-added": mark("The mailbox is ready: it can log in now."),
    "saved": mark("Saved."),
    "relay-test": mark("The nodes try it now; what comes of it stands here in some seconds."),
    "created": mark("It is made."),
    "deleted": mark("It is gone."),
    "suppressed": mark("No mail is sent there any more."),
    "reactivated": mark("Mail may go there again."),
    "import-begun": mark("The file is here and is being read."),
    "sent": mark("It is on its way."),
    "cancelled": mark("It is called back, as far as it had not left."),
    "released": mark("It is let go."),
    "appealed": mark("It is sent: an operator reads it and answers."),
    "answered": mark("The account is told."),
    "factor-added": mark("Your account is protected by a second step."),
    "factor-removed": mark("It is removed, and you are signed out everywhere else."),
    "session-ended": mark("That session is ended."),
    "sessions-ended": mark("You are signed out everywhere else."),
    "access-given": mark("They may act for you from now on."),
    "access-ended": mark("They may not act for you any more."),
    "reopened": mark("Welcome back: everything goes on as before."),
    "switched": mark("You are now in this account."),
}


def toast(done: str) -> str:
    """Give the sentence for what was done; nothing for words that are not ours."""
    return gettext(_TOASTS.get(done, ""))
