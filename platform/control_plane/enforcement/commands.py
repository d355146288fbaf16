"""The operator's commands for measures; accounts are named by their slugs."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

import msgspec

from control_plane.core import ids
from control_plane.core.errors import FieldError, Invalid, NotFound
from control_plane.core.ids import MalformedId
from control_plane.core.runtime import Runtime
from control_plane.enforcement import service
from control_plane.enforcement.schemas import (
    Appeal,
    AppealAnswer,
    InForce,
    NamedAppeal,
    NewExemption,
    NewMeasure,
    TenantMeasures,
)
from control_plane.tenants import service as tenants

_MOST = 1000

Wanted = TypeVar("Wanted", NewMeasure, NewExemption, AppealAnswer)


class Measures(msgspec.Struct, frozen=True):
    """What is in force."""

    measures: tuple[InForce, ...]


class Appeals(msgspec.Struct, frozen=True):
    """What waits for an answer."""

    appeals: tuple[NamedAppeal, ...]


async def in_force(runtime: Runtime) -> Measures:
    """List what is in force for whom."""
    return Measures((await service.in_force(runtime.db, None, _MOST)).data)


async def appeals(runtime: Runtime) -> Appeals:
    """List what waits for an answer."""
    return Appeals((await service.open_ones(runtime.db, None, _MOST)).data)


async def portrait(runtime: Runtime, slug: str) -> TenantMeasures:
    """Show an account's figures and measures."""
    return await service.get(runtime.db, runtime.clock, await _tenant(runtime, slug))


async def choose(runtime: Runtime, slug: str, given: dict[str, str], days: int | None) -> TenantMeasures:
    """Put a step in force."""
    until = None if days is None else runtime.clock.now() + timedelta(days=days)
    wanted = _read({**given, "until": until}, NewMeasure)
    return await service.choose(runtime.db, runtime.clock, await _tenant(runtime, slug), wanted)


async def trust(runtime: Runtime, slug: str, reason: str, days: int) -> TenantMeasures:
    """Trust an account for some days."""
    wanted = _read({"until": runtime.clock.now() + timedelta(days=days), "reason": reason}, NewExemption)
    return await service.exempt(runtime.db, runtime.clock, await _tenant(runtime, slug), wanted)


async def answer(runtime: Runtime, appeal_id: str, text: str, *, accept: bool) -> Appeal:
    """Answer an appeal."""
    try:
        wanted_id = ids.decode(service.APPEAL_PREFIX, appeal_id)
    except MalformedId as error:
        raise Invalid(errors=(FieldError(appeal_id, "give the id of an appeal: apl_…"),)) from error
    wanted = _read({"accept": accept, "answer": text}, AppealAnswer)
    return await service.answer(runtime.db, runtime.clock, wanted_id, wanted)


async def _tenant(runtime: Runtime, slug: str) -> UUID:
    async with runtime.db.fleet_tx() as tx:
        found = await tenants.find_by_slug(tx, slug)
    if found is None:
        raise NotFound(f"There is no tenant {slug}: `fleetpost tenant list` shows them.")
    return found


def _read(given: Mapping[str, object], kind: type[Wanted]) -> Wanted:
    try:
        return msgspec.convert(given, kind)
    except msgspec.ValidationError as error:
        raise Invalid(str(error)) from error
