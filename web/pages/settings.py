"""Settings and what they are about, for who does not know where to look."""

from litestar import get

from web import inject as page
from web.rendering import Answer
from web.visitor import may


@get("/settings", guards=[may("account:read")])
async def show_settings(frame: page.Frame) -> Answer:
    """Show what can be set."""
    return frame.page("pages/settings.html", "settings", {})


HANDLERS = (show_settings,)
