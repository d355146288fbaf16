"""Sending health: how bounces and complaints stand beside the thresholds, what is in force, and what can be done."""

import msgspec
from litestar import get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from control_plane.core import inject
from control_plane.core.database import Database
from control_plane.core.errors import FieldError, Invalid, NotFound, Refused
from control_plane.core.ids import MalformedId, decode
from control_plane.enforcement import service
from control_plane.enforcement.schemas import NewAppeal, SendingHealth
from control_plane.tenants import service as tenants
from web import inject as page
from web import sending_words
from web.forms import faults
from web.frame import Frame
from web.i18n import gettext
from web.rendering import Answer
from web.visitor import Visitor, may

_PATH = "/settings/sending-health"
_FIELDS = {"cause": "cause", "changed": "changed"}
_APPEAL = "messages:write"


class AppealForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed."""

    cause: str = ""
    changed: str = ""

    def wanted(self) -> NewAppeal:
        """Make the appeal; raises `Invalid`."""
        message = gettext("Write at least a sentence, and at most 4,000 characters.")
        given = {name: text.replace("\0", "").strip() for name, text in msgspec.structs.asdict(self).items()}
        short = [name for name, text in given.items() if not 10 <= len(text) <= 4000]
        if short:
            raise Invalid(errors=tuple(FieldError(name, message) for name in short))
        return msgspec.convert(given, NewAppeal)


@get(_PATH, guards=[may("account:read")])
async def show_sending_health(
    frame: page.Frame, visitor: page.Visitor, db: inject.Database, clock: inject.Clock
) -> Answer:
    """Show the account's own."""
    return await _show(frame, visitor, await service.own(db, clock))


@post(f"{_PATH}/appeal", guards=[may("account:read")])
async def appeal(
    frame: page.Frame,
    visitor: page.Visitor,
    db: inject.Database,
    clock: inject.Clock,
    data: URLEncodedBody[AppealForm],
) -> Answer | Redirect:
    """Appeal, which can be done though the account is suspended, or show the form again with what is wrong."""
    visitor.subject.require(_APPEAL, even_suspended=True)
    try:
        await service.appeal(db, clock, data.wanted())
    except Refused as refused:
        return await _show(frame, visitor, await service.own(db, clock), data, refused)
    return Redirect(f"{_PATH}?done=appealed", status_code=303)


@get("/agency/clients/{client_id:str}/sending-health", guards=[may("clients:read")])
async def show_client_sending_health(
    frame: page.Frame, visitor: page.Visitor, db: inject.Database, clock: inject.Clock, client_id: FromPath[str]
) -> Answer:
    """Show a client's."""
    try:
        health = await service.of_client(db, clock, client_id)
    except MalformedId as error:
        raise NotFound from error
    client = await _client(db, client_id)
    context = _shown(health) | {"client": client}
    section = "tenants" if visitor.subject.tenant_kind == "operator" else "clients"
    return frame.page("pages/agency_sending_health.html", section, context)


async def _client(db: Database, client_id: str) -> tuple[str, str]:
    known = await tenants.get_client(db, decode(tenants.PREFIX, client_id))
    return known.id, known.name


async def _show(
    frame: Frame,
    visitor: Visitor,
    health: SendingHealth,
    form: AppealForm | None = None,
    refused: Refused | None = None,
) -> Answer:
    errors, problem = faults(refused, _FIELDS) if refused else ({}, "")
    is_open = health.appeal is not None and health.appeal.status == "open"
    context = _shown(health) | {
        "form": form or AppealForm(),
        "errors": errors,
        "problem": problem,
        "may_appeal": bool(health.measures) and not is_open and visitor.subject.allows(_APPEAL),
    }
    status = refused.status.value if refused else 200
    return frame.page("pages/settings_sending_health.html", "sending-health", context, status_code=status)


def _shown(health: SendingHealth) -> dict[str, object]:
    return {
        "health": health,
        "in_force": sending_words.in_force(health),
        "streams": [
            (sending_words.scope(each.stream), sending_words.figures(each.rates, each.stream))
            for each in health.streams
        ],
    }


HANDLERS = (show_sending_health, appeal, show_client_sending_health)
