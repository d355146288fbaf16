"""What is written to those in charge of an account when something becomes of one of its mail domains."""

from gettext import NullTranslations

import msgspec

from control_plane.core.languages import mark
from control_plane.notices.schemas import DomainNews, Letter


class _Words(msgspec.Struct, frozen=True):
    subject: str
    happened: str
    next_step: str


_LETTERS: dict[str, _Words] = {
    "verified": _Words(
        mark("%(domain)s is ready"),
        mark("All records of %(domain)s are in place."),
        mark("You can send from it and receive mail; nothing more need be done."),
    ),
    "recovered": _Words(
        mark("%(domain)s is in order again"),
        mark("All records of %(domain)s are in place again."),
        mark("Nothing more need be done."),
    ),
    "degraded": _Words(
        mark("%(domain)s needs attention"),
        mark("A DNS record that %(domain)s needs is missing or wrong."),
        mark("Mail may be distrusted or may not arrive. The domain's page says which record it is and what to do."),
    ),
    "unproven": _Words(
        mark("The proof for %(domain)s is gone"),
        mark("The TXT record that proves that %(domain)s is yours is gone from DNS."),
        mark("Publish it again by %(date)s; after that, mail can no longer be sent from or received for this domain."),
    ),
    "failed": _Words(
        mark("%(domain)s can no longer be used"),
        mark("The TXT record that proves that %(domain)s is yours has been gone from DNS for a week."),
        mark("No mail is sent or received for it; its mailboxes keep their mail. All comes back once the record does."),
    ),
    "expiring": _Words(
        mark("%(domain)s still waits for its proof"),
        mark("You added %(domain)s, but the TXT record that proves that it is yours was not found in DNS so far."),
        mark("Publish it within the next days; after 30 days in all, the domain has to be added again."),
    ),
    "expired": _Words(
        mark("%(domain)s was not proven in time"),
        mark("You added %(domain)s 30 days ago, and the TXT record that proves that it is yours was never found."),
        mark("If you still want to use the domain, add it again."),
    ),
}


def domain_letter(notice: DomainNews, words: NullTranslations) -> Letter:
    """Put it into words."""
    _, said = words.gettext, _LETTERS[notice.news]
    given = {"domain": notice.domain, "date": notice.lost_on.isoformat() if notice.lost_on else ""}
    return Letter(
        subject=_(said.subject) % given,
        paragraphs=(_(said.happened) % given, _(said.next_step) % given),
        action=_("Look at the domain"),
        path=notice.path,
    )
