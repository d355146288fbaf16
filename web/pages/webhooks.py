"""The list of webhooks; they are made through the API."""

from litestar import get
from litestar.params import FromQuery

from control_plane.core import inject
from control_plane.webhooks import service
from web import inject as page
from web.rendering import Answer
from web.visitor import may

_PER_PAGE = 50


@get("/webhooks", guards=[may("webhooks:read")])
async def show_webhooks(frame: page.Frame, db: inject.Database, after: FromQuery[str | None] = None) -> Answer:
    """Show the list."""
    listed = await service.listing(db, _PER_PAGE, after)
    context = {
        "webhooks": listed.data,
        "next_url": f"/webhooks?after={listed.next}" if listed.next else None,
    }
    return frame.page("pages/webhooks.html", "webhooks", context)


HANDLERS = (show_webhooks,)
