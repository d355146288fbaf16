"""Where the owner of an address says whether they want what an account would forward to them.

Opening the link changes nothing, since mail scanners open them too; its buttons do. They may change their mind for as
long as the link is good.
"""

from typing import Literal

import msgspec
from litestar import get, post
from litestar.params import FromPath, URLEncodedBody

from control_plane.core.errors import NotFound
from control_plane.core.tenancy import acting_for
from control_plane.inbound_routes import service
from control_plane.inbound_routes.confirmation import PATH, Asked, Confirmations
from web.cookies import PageRequest, runtime_of
from web.plain import plain_page
from web.rendering import Answer


class AnswerForm(msgspec.Struct, frozen=True, kw_only=True):
    """Which button was pressed."""

    answer: Literal["yes", "no"] = "no"


@get(f"{PATH}/{{token:str}}")
async def show_forwarding(request: PageRequest, token: FromPath[str]) -> Answer:
    """Show who asks, and the buttons."""
    asked = _asked(request, token)
    if asked is None:
        return _over(request)
    try:
        with acting_for(asked.tenant_id):
            question = await service.find_question(runtime_of(request).db, asked)
    except NotFound:
        return _over(request)
    return plain_page(request, "pages/forwarding.html", {"token": token, "question": question, "answered": False})


@post(f"{PATH}/{{token:str}}")
async def answer_forwarding(request: PageRequest, token: FromPath[str], data: URLEncodedBody[AnswerForm]) -> Answer:
    """Note the answer, and say what follows from it."""
    asked = _asked(request, token)
    if asked is None:
        return _over(request)
    db = runtime_of(request).db
    try:
        with acting_for(asked.tenant_id):
            await service.answer(db, asked, wants=data.answer == "yes")
            question = await service.find_question(db, asked)
    except NotFound:
        return _over(request)
    return plain_page(request, "pages/forwarding.html", {"token": token, "question": question, "answered": True})


def _asked(request: PageRequest, token: str) -> Asked | None:
    runtime = runtime_of(request)
    return Confirmations(runtime.settings, runtime.clock).read(token)


def _over(request: PageRequest) -> Answer:
    return plain_page(request, "pages/forwarding_over.html", {}, refused=NotFound())


HANDLERS = (show_forwarding, answer_forwarding)
