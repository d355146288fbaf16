"""The operator's view of bad figures: what is in force for whom, appeals that wait, and the acts."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from control_plane.core import ids, inject
from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.errors import FieldError, Invalid, NotFound, Refused
from control_plane.core.languages import mark
from control_plane.enforcement import service
from control_plane.enforcement.schemas import AppealAnswer, NewExemption, NewMeasure
from web import inject as page
from web import sending_words, tables
from web.cookies import PageRequest
from web.forms import faults
from web.frame import Frame
from web.i18n import gettext
from web.rendering import Answer
from web.tables import Column, Table
from web.visitor import Visitor, may

_SECTION, _PATH = "enforcement", "/operator/enforcement"
_READ, _WRITE = [may("fleet:read")], [may("fleet:write")]
_PER_PAGE, _MOST_APPEALS = 50, 50
_COLUMNS = (
    Column(mark("Account")),
    Column(mark("What")),
    Column(mark("Step")),
    Column(mark("Why"), wide=True),
    Column(mark("Since"), end=True, wide=True),
)
_FIELDS = {"reason": "reason", "step": "step", "stream": "stream", "until": "days"}
_MOST_DAYS = 400

Wanted = TypeVar("Wanted", NewMeasure, NewExemption)


class AnswerForm(msgspec.Struct, frozen=True, kw_only=True):
    """An answer to an appeal."""

    accept: str = ""
    answer: str = ""


class StepForm(msgspec.Struct, frozen=True, kw_only=True):
    """A step that was chosen."""

    stream: str = "broadcast"
    step: str = "none"
    reason: str = ""
    days: str = ""


class TrustForm(msgspec.Struct, frozen=True, kw_only=True):
    """For how long an account is trusted."""

    trust_days: str = "30"
    trust_reason: str = ""


@get(_PATH, guards=_READ)
async def show_enforcement(
    request: PageRequest, frame: page.Frame, visitor: page.Visitor, db: inject.Database
) -> Answer:
    """Show appeals and what is in force."""
    return await _list(request, frame, visitor, db)


@post(f"{_PATH}/appeals/{{appeal_id:str}}", guards=_WRITE)
async def answer_appeal(
    request: PageRequest,
    frame: page.Frame,
    visitor: page.Visitor,
    db: inject.Database,
    clock: inject.Clock,
    appeal_id: FromPath[str],
    data: URLEncodedBody[AnswerForm],
) -> Answer | Redirect:
    """Accept an appeal or decline it."""
    try:
        wanted = msgspec.convert(
            {"accept": data.accept == "yes", "answer": data.answer.replace("\0", "").strip()}, AppealAnswer
        )
        await service.answer(db, clock, _id(service.APPEAL_PREFIX, appeal_id), wanted)
    except msgspec.ValidationError:
        refused = Invalid(gettext("Write at least a sentence: the account reads it."))
        return await _list(request, frame, visitor, db, refused, (appeal_id, data.answer))
    except NotFound:
        raise
    except Refused as error:
        return await _list(request, frame, visitor, db, error, (appeal_id, data.answer))
    return Redirect(f"{_PATH}?done=answered", status_code=303)


@get(f"{_PATH}/{{tenant_id:str}}", guards=_READ)
async def show_tenant_enforcement(
    frame: page.Frame, visitor: page.Visitor, db: inject.Database, clock: inject.Clock, tenant_id: FromPath[str]
) -> Answer:
    """Show one account."""
    return await _show(frame, visitor, db, clock, _id("ten", tenant_id))


@post(f"{_PATH}/{{tenant_id:str}}/steps", guards=_WRITE)
async def set_step(
    frame: page.Frame,
    visitor: page.Visitor,
    db: inject.Database,
    clock: inject.Clock,
    tenant_id: FromPath[str],
    data: URLEncodedBody[StepForm],
) -> Answer | Redirect:
    """Put a step in force."""
    wanted_id = _id("ten", tenant_id)
    try:
        days = _days(data.days, "until") if data.days.strip() else None
        until = None if days is None else clock.now() + days
        given = {"stream": data.stream, "step": data.step, "reason": data.reason.strip(), "until": until}
        await service.choose(db, clock, wanted_id, _read(given, NewMeasure, "reason"))
    except NotFound:
        raise
    except Refused as refused:
        return await _show(frame, visitor, db, clock, wanted_id, form=data, refused=refused)
    return Redirect(f"{_PATH}/{tenant_id}?done=saved", status_code=303)


@post(f"{_PATH}/{{tenant_id:str}}/exemption", guards=_WRITE)
async def trust(
    frame: page.Frame,
    visitor: page.Visitor,
    db: inject.Database,
    clock: inject.Clock,
    tenant_id: FromPath[str],
    data: URLEncodedBody[TrustForm],
) -> Answer | Redirect:
    """Trust an account for a while; for no days, no longer."""
    wanted_id = _id("ten", tenant_id)
    try:
        until = clock.now() + _days(data.trust_days, "trust_days")
        given = {"until": until, "reason": data.trust_reason.strip()}
        await service.exempt(db, clock, wanted_id, _read(given, NewExemption, "trust_reason"))
    except NotFound:
        raise
    except Refused as refused:
        return await _show(frame, visitor, db, clock, wanted_id, trust_form=data, refused=refused)
    return Redirect(f"{_PATH}/{tenant_id}?done=saved", status_code=303)


def _read(given: Mapping[str, object], kind: type[Wanted], field: str) -> Wanted:
    try:
        return msgspec.convert(given, kind)
    except msgspec.ValidationError as error:
        raise Invalid(errors=(FieldError(field, gettext("Say why, in 3 to 500 characters.")),)) from error


def _days(text: str, field: str) -> timedelta:
    if text.strip().isdecimal() and text.isascii() and len(text.strip()) < 4 and int(text) <= _MOST_DAYS:
        return timedelta(days=int(text))
    message = gettext("Write a number of days, at most %(most)s.") % {"most": _MOST_DAYS}
    raise Invalid(errors=(FieldError(field, message),))


async def _list(
    request: PageRequest,
    frame: Frame,
    visitor: Visitor,
    db: Database,
    refused: Refused | None = None,
    typed: tuple[str, str] = ("", ""),
) -> Answer:
    """Show the list; `typed`: to which appeal what was answered, if that was refused."""
    given = tables.read(request, ())
    listed = await service.in_force(db, given.get("after"), _PER_PAGE)
    context = {
        "rows": [(row, sending_words.measure(row.measure)) for row in listed.data],
        "table": Table(_PATH, _COLUMNS, given=given, next=listed.next),
        "appeals": (await service.open_ones(db, None, _MOST_APPEALS)).data,
        "typed": dict([typed]),
        "problem": gettext(refused.detail) if refused else "",
        "may_write": visitor.may("fleet:write"),
    }
    status = refused.status.value if refused else 200
    return frame.page("pages/operator_enforcement.html", _SECTION, context, status_code=status)


async def _show(
    frame: Frame,
    visitor: Visitor,
    db: Database,
    clock: Clock,
    tenant_id: UUID,
    *,
    form: StepForm | None = None,
    trust_form: TrustForm | None = None,
    refused: Refused | None = None,
) -> Answer:
    found = await service.get(db, clock, tenant_id)
    fields = _FIELDS | {"trust_days": "trust_days", "trust_reason": "trust_reason", "until": "days"}
    errors, problem = faults(refused, fields) if refused else ({}, "")
    context = {
        "tenant": found,
        "health": found.health,
        "in_force": sending_words.in_force(found.health),
        "streams": [
            (sending_words.scope(each.stream), sending_words.figures(each.rates, each.stream))
            for each in found.health.streams
        ],
        "history": [sending_words.change(each) for each in found.history],
        "steps": sending_words.steps(),
        "scopes": sending_words.scopes(),
        "form": form or StepForm(),
        "trust_form": trust_form or TrustForm(),
        "errors": errors,
        "problem": problem,
        "may_write": visitor.may("fleet:write"),
    }
    status = refused.status.value if refused else 200
    return frame.page("pages/operator_enforcement_tenant.html", _SECTION, context, status_code=status)


def _id(prefix: str, text: str) -> UUID:
    try:
        return ids.decode(prefix, text)
    except ids.MalformedId as error:
        raise NotFound from error


HANDLERS = (show_enforcement, answer_appeal, show_tenant_enforcement, set_step, trust)
