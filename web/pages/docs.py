"""The reference of the public API, for everybody: all resources at a glance, one resource in full, and a search."""

from typing import Annotated

from litestar import Litestar, get
from litestar.params import FromPath, QueryParameter

from control_plane.core.errors import NotFound
from control_plane.core.openapi import document_of
from web.cookies import PageRequest
from web.plain import plain_page
from web.reference import Reference, reference_of
from web.rendering import Answer

_LONGEST_QUERY = 100

Words = Annotated[str, QueryParameter(name="query")]


@get("/docs/api")
async def show_api_reference(request: PageRequest, words: Words = "") -> Answer:
    """Show all resources, or the operations that a search finds."""
    words, reference = words.strip()[:_LONGEST_QUERY], _reference(request.app)
    found = reference.find(words) if words else reference.resources
    return plain_page(
        request, "pages/docs.html", {"reference": reference, "found": found, "words": words, "shown": None}
    )


@get("/docs/api/{resource:str}")
async def show_api_resource(request: PageRequest, resource: FromPath[str]) -> Answer:
    """Show a resource with its operations."""
    reference = _reference(request.app)
    shown = next((each for each in reference.resources if each.name == resource), None)
    if shown is None:
        raise NotFound
    return plain_page(request, "pages/docs.html", {"reference": reference, "found": (), "words": "", "shown": shown})


def _reference(app: Litestar) -> Reference:
    """Read the application's document, once."""
    if "api_reference" not in app.state:
        app.state.api_reference = reference_of(document_of(app))
    made: Reference = app.state.api_reference
    return made


HANDLERS = (show_api_reference, show_api_resource)
