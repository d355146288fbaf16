"""The tenant's home: what is left to set up, how the last day went, the last messages."""

import msgspec
from litestar import get

from control_plane.analytics import service as analytics
from control_plane.core import inject
from control_plane.messages import service as messages
from control_plane.messages.schemas import Filters
from control_plane.webhooks import service as webhooks
from web import inject as page
from web.day import day, since
from web.pages.domains import proven_names
from web.pages.messages import row_of
from web.rendering import Answer

_LAST_MESSAGES = 5


class ChecklistStep(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to set up."""

    done: bool
    title: str
    sentence: str
    href: str
    action: str


class Checklist(msgspec.Struct, frozen=True):
    """What a new account should do first."""

    steps: tuple[ChecklistStep, ...]

    @property
    def done(self) -> int:
        """Count the steps that are done."""
        return sum(step.done for step in self.steps)


def checklist(proven_domains: list[str], *, has_sent: bool, has_webhook: bool) -> Checklist:
    """Say what is done and what is next."""
    return Checklist(
        (
            ChecklistStep(
                done=bool(proven_domains),
                title="Prove a domain",
                sentence=f"{proven_domains[0]} is yours." if proven_domains else "A few DNS records show it is yours.",
                href="/domains",
                action="Go to domains",
            ),
            ChecklistStep(
                done=has_sent,
                title="Send a first message",
                sentence="Done, and each step was recorded." if has_sent else "Write one and watch it on its way.",
                href="/messages/new",
                action="Write a message",
            ),
            ChecklistStep(
                done=has_webhook,
                title="Set a webhook",
                sentence="Your systems hear what happens." if has_webhook else "Let your systems hear what happens.",
                href="/webhooks",
                action="See how",
            ),
        )
    )


@get("/")
async def show_home(
    frame: page.Frame, visitor: page.Visitor, db: inject.Database, settings: inject.Settings, clock: inject.Clock
) -> Answer:
    """Show the home page."""
    if not visitor.subject.allows("messages:read"):
        return frame.page("pages/home_plain.html", "home", {})
    now = clock.now()
    last = await messages.listing(db, Filters(), _LAST_MESSAGES, None)
    todo = checklist(
        await proven_names(db, settings),
        has_sent=bool(last.data),
        has_webhook=bool((await webhooks.listing(db, 1, None)).data),
    )
    context = {
        "checklist": todo,
        "day": day(await analytics.own_hours(db, since(now)), now),
        "messages": [row_of(message) for message in last.data],
    }
    return frame.page("pages/home.html", "home", context)


HANDLERS = (show_home,)
