"""What is to be rolled out, read and checked; and what is in force."""

from collections.abc import Iterator

import asyncpg
import msgspec

from control_plane.core.database import Transaction
from control_plane.core.errors import FieldError, Invalid
from control_plane.core.ids import encode
from control_plane.rollouts.queries import rollouts as queries
from control_plane.rollouts.schemas import DaemonParameters, Kind, NewRollout, RolloutChange
from control_plane.shaping import service as shaping
from tenant_agent import wire

PREFIX = "rol"
DEFAULT_RELEASE = "default"

FIELDS: dict[Kind, str] = {"daemons": "daemons", "shaping": "shaping_version", "renderer": "renderer"}
"""By kind, the field that says what is rolled out."""


class InForce(msgspec.Struct, frozen=True):
    """How daemons are configured where nothing else is being rolled out."""

    release: str = DEFAULT_RELEASE
    daemons: DaemonParameters = DaemonParameters()
    renderer: int = 0


async def read(tx: Transaction, new: NewRollout) -> RolloutChange:
    """Read what is asked for; raises `Invalid` with all that is wrong in it (fleet role)."""
    faults = [*_wrong_fields(new), *_unfit(new.daemons or DaemonParameters())]
    if new.kind == "shaping" and not await shaping.exists(tx, new.shaping_version or 0):
        faults.append(FieldError("shaping_version", "There is no version of this number."))
    change = RolloutChange(daemons=new.daemons, shaping_version=new.shaping_version, renderer=new.renderer)
    if not faults and change == await former(tx, new.kind):
        faults.append(FieldError(FIELDS[new.kind], "This is in force already."))
    if faults:
        raise Invalid(errors=tuple(faults))
    return change


async def former(tx: Transaction, kind: Kind) -> RolloutChange:
    """Give what is in force of a kind (fleet role)."""
    if kind == "shaping":
        return RolloutChange(shaping_version=(await shaping.in_force(tx)).version)
    last = change_of(await queries.last_completed(tx.connection, kind))
    return (
        RolloutChange(daemons=DaemonParameters())
        if kind == "daemons" and last is None
        else last or RolloutChange(renderer=0)
    )


async def in_force(tx: Transaction) -> InForce | None:
    """Give how daemons are configured; None: as they are without us, since nothing was ever rolled out (fleet role)."""
    rows = [await queries.last_completed(tx.connection, kind) for kind in ("daemons", "renderer")]
    last = max((row for row in rows if row is not None), key=lambda row: row["id"], default=None)
    if last is None:
        return None
    daemons, renderer = (change_of(row) or RolloutChange() for row in rows)
    return InForce(
        release=encode(PREFIX, last["id"]),
        daemons=daemons.daemons or DaemonParameters(),
        renderer=renderer.renderer or 0,
    )


def change_of(row: asyncpg.Record | None, column: str = "change") -> RolloutChange | None:
    """Read a change as it was stored."""
    return None if row is None else msgspec.json.decode(row[column], type=RolloutChange)


def _wrong_fields(new: NewRollout) -> Iterator[FieldError]:
    for kind, field in FIELDS.items():
        given = getattr(new, field) is not None
        if kind == new.kind and not given:
            yield FieldError(field, "Say what is to be rolled out.")
        elif kind != new.kind and given:
            yield FieldError(field, f"This is not for a roll-out of the kind {new.kind}.")


def _unfit(given: DaemonParameters) -> Iterator[FieldError]:
    for daemon in wire.DAEMONS:
        for name, value in given.of(daemon).items():
            if (why := wire.unfit(daemon, name, value)) is not None:
                yield FieldError(f"daemons.{daemon}.{name[:100]}", why)
