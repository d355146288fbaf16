"""One client of an agency: how it does, what it is given, and what can be done with it; and adding one."""

from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from control_plane.agencies.service import overview
from control_plane.core import ids, inject
from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.errors import FleetpostError, Invalid, NotFound, Refused
from control_plane.tenants import clients
from control_plane.tenants import service as tenants
from control_plane.tenants.schemas import Client, ClientChange, NewClient
from web import client_rows, limit_form
from web import inject as page
from web.day import day
from web.forms import faults
from web.frame import Frame
from web.i18n import gettext
from web.limit_form import LimitForm
from web.reauthentication import recently_signed_in
from web.rendering import Answer
from web.visitor import Visitor, may

_SECTION = "clients"
_PATH = "/agency/clients"
_READ, _WRITE = [may("clients:read")], [may("clients:write")]
_FIELDS = {"name": "name", "plan_id": "plan_id", "parent_id": "parent_id", "owner_email": "owner_email"}
_LIMITS = {f"limits.{name}": name for name, _ in limit_form.FIELDS}


class ClientForm(LimitForm, frozen=True, kw_only=True):
    """What was typed."""

    name: str = ""
    kind: str = "client"
    parent_id: str = ""
    plan_id: str = ""
    owner_email: str = ""


class ReasonForm(msgspec.Struct, frozen=True, kw_only=True):
    """Why a client is suspended."""

    reason: str = ""


class MoveForm(msgspec.Struct, frozen=True, kw_only=True):
    """Where a client is to be."""

    parent_id: str = ""


class CloseForm(msgspec.Struct, frozen=True, kw_only=True):
    """The client's name, typed once more."""

    confirmation: str = ""


@get(f"{_PATH}/new", guards=_WRITE)
async def show_new_client(frame: page.Frame, visitor: page.Visitor, db: inject.Database) -> Answer:
    """Show the form for a new client."""
    return await _new(frame, visitor, db, ClientForm())


@post(f"{_PATH}/new", guards=_WRITE)
async def add_client(
    frame: page.Frame, visitor: page.Visitor, db: inject.Database, data: URLEncodedBody[ClientForm]
) -> Answer | Redirect:
    """Make a client and go to it, or show the form again with what is wrong."""
    try:
        made = await clients.create(db, _wanted(data))
    except FleetpostError as refused:
        return await _new(frame, visitor, db, data, refused)
    return Redirect(f"{_PATH}/{made.id}?done=created", status_code=303)


@get(f"{_PATH}/{{client_id:str}}", guards=_READ)
async def show_client(
    frame: page.Frame, visitor: page.Visitor, db: inject.Database, clock: inject.Clock, client_id: FromPath[str]
) -> Answer:
    """Show a client."""
    return await _show(frame, visitor, db, clock, _id(client_id))


@post(f"{_PATH}/{{client_id:str}}", guards=_WRITE)
async def change_client(
    frame: page.Frame,
    visitor: page.Visitor,
    db: inject.Database,
    clock: inject.Clock,
    client_id: FromPath[str],
    data: URLEncodedBody[ClientForm],
) -> Answer | Redirect:
    """Change name, plan and limits."""
    try:
        limits = limit_form.read(msgspec.structs.asdict(data))
        known, plan_id = await tenants.get_client(db, _id(client_id)), data.plan_id or None
        change = ClientChange(
            name=data.name.strip(), plan_id=msgspec.UNSET if plan_id == known.plan_id else plan_id, limits=limits
        )
        await tenants.change_client(db, _id(client_id), change, None)
    except Refused as refused:
        return await _show(frame, visitor, db, clock, _id(client_id), data, refused)
    return _done(client_id)


@post(f"{_PATH}/{{client_id:str}}/suspend", guards=_WRITE)
async def suspend_client(
    db: inject.Database, clock: inject.Clock, client_id: FromPath[str], data: URLEncodedBody[ReasonForm]
) -> Redirect:
    """Suspend a client and all below it."""
    await tenants.suspend_client(db, clock, _id(client_id), data.reason.replace("\0", "").strip()[:500])
    return _done(client_id)


@post(f"{_PATH}/{{client_id:str}}/resume", guards=_WRITE)
async def resume_client(db: inject.Database, clock: inject.Clock, client_id: FromPath[str]) -> Redirect:
    """End a suspension."""
    await tenants.resume_client(db, clock, _id(client_id))
    return _done(client_id)


@post(f"{_PATH}/{{client_id:str}}/move", guards=_WRITE)
async def move_client(
    db: inject.Database, clock: inject.Clock, client_id: FromPath[str], data: URLEncodedBody[MoveForm]
) -> Redirect:
    """Move a client to another agency."""
    await tenants.move_client(db, clock, _id(client_id), _id(data.parent_id))
    return _done(client_id)


@post(f"{_PATH}/{{client_id:str}}/close", guards=[*_WRITE, recently_signed_in])
async def close_client(
    frame: page.Frame,
    visitor: page.Visitor,
    db: inject.Database,
    settings: inject.Settings,
    clock: inject.Clock,
    client_id: FromPath[str],
    data: URLEncodedBody[CloseForm],
) -> Answer | Redirect:
    """Close a client whose name was typed once more."""
    known = await tenants.get_client(db, _id(client_id))
    if data.confirmation.strip() != known.name:
        refused = Invalid(gettext("Nothing was closed: type the client’s name exactly as it is."))
        return await _show(frame, visitor, db, clock, _id(client_id), None, refused)
    await tenants.close_client(db, clock, _id(client_id), settings.closing_days)
    return _done(client_id)


@post(f"{_PATH}/{{client_id:str}}/reopen", guards=_WRITE)
async def reopen_client(db: inject.Database, clock: inject.Clock, client_id: FromPath[str]) -> Redirect:
    """Reopen a client that was closed."""
    await tenants.reopen_client(db, clock, _id(client_id))
    return _done(client_id)


def _wanted(form: ClientForm) -> NewClient:
    return NewClient(
        name=form.name.strip(),
        kind="agency" if form.kind == "agency" else "client",
        parent_id=form.parent_id or None,
        plan_id=form.plan_id or None,
        limits=limit_form.read(msgspec.structs.asdict(form)),
        owner_email=form.owner_email.strip() or None,
    )


async def _new(
    frame: Frame, visitor: Visitor, db: Database, form: ClientForm, refused: FleetpostError | None = None
) -> Answer:
    errors, problem = faults(refused, _FIELDS | _LIMITS) if refused else ({}, "")
    context = {
        "form": form,
        "errors": errors,
        "problem": problem,
        "choices": await overview.choices(db),
        "own_name": visitor.tenant_name,
        "limit_fields": limit_form.FIELDS,
    }
    status = refused.status.value if refused else 200
    return frame.page("pages/agency_client_new.html", _SECTION, context, status_code=status)


async def _show(
    frame: Frame,
    visitor: Visitor,
    db: Database,
    clock: Clock,
    client_id: UUID,
    form: ClientForm | None = None,
    refused: Refused | None = None,
) -> Answer:
    if isinstance(refused, NotFound):
        raise refused
    client = await tenants.get_client(db, client_id)
    row, whole = await overview.one(db, clock, client_id)
    shown = day(whole.hours, clock.now())
    errors, problem = faults(refused, _FIELDS | _LIMITS) if refused else ({}, "")
    choices, is_operator = await overview.choices(db), visitor.subject.tenant_kind == "operator"
    context = {
        "client": client,
        "back": ("/operator/tenants", gettext("Tenants")) if is_operator else ("/agency", gettext("Clients")),
        "cells": client_rows.one(row),
        "row": row,
        "tiles": client_rows.tiles(whole, "")[1:],
        "day": shown,
        "form": form or ClientForm(name=client.name, plan_id=client.plan_id or "", **limit_form.show(client.limits)),
        "errors": errors,
        "problem": problem,
        "choices": choices,
        "plans": _plans(choices, client),
        "own_name": visitor.tenant_name,
        "own_id": ids.encode("ten", visitor.subject.tenant_id),
        "limit_fields": limit_form.FIELDS,
        "may_write": visitor.may("clients:write"),
    }
    status = refused.status.value if refused else 200
    section = "tenants" if is_operator else _SECTION
    return frame.page("pages/agency_client.html", section, context, status_code=status)


def _plans(choices: overview.Choices, client: Client) -> list[tuple[str, str]]:
    """List what the client can be given; what it has is among it, though it be retired or its own agency's."""
    known = dict(choices.plans)
    if client.plan_id is not None:
        known.setdefault(client.plan_id, gettext("Its present plan, which you do not offer"))
    return list(known.items())


def _id(client_id: str) -> UUID:
    try:
        return ids.decode("ten", client_id)
    except ids.MalformedId as error:
        raise NotFound from error


def _done(client_id: str) -> Redirect:
    return Redirect(f"{_PATH}/{client_id}?done=saved", status_code=303)


HANDLERS = (
    show_new_client,
    add_client,
    show_client,
    change_client,
    suspend_client,
    resume_client,
    move_client,
    close_client,
    reopen_client,
)
