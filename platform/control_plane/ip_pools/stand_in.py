"""Whether a listed address can be taken out of its pool, and which one stands in for it."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from control_plane.ip_pools.life import IpStatus


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """An address of the pool."""

    id: UUID
    status: IpStatus
    standby: bool
    node_is_ready: bool
    listed: bool
    """It is on a severe list itself."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What to do with the pool."""

    quarantine: bool
    stand_in: UUID | None = None
    """A standby address that takes mail from now on."""
    why: str = ""


def plan(members: Sequence[Member], ip_id: UUID) -> Plan:
    """Decide about a listed address; one that is the last of its pool goes on sending: listed is better than silent."""
    member = next(each for each in members if each.id == ip_id)
    if member.status in ("provisioning", "quarantined", "released"):
        return Plan(quarantine=False, why="it sends nothing anyway")
    if member.status == "draining":
        return Plan(quarantine=True, why="it was draining")
    able = [each for each in members if each.id != ip_id and _is_able(each)]
    if member.standby:
        return Plan(quarantine=True, why="it only stood by")
    if spare := [each for each in able if each.standby]:
        return Plan(quarantine=True, stand_in=spare[0].id, why="a standby address takes over")
    if able:
        return Plan(quarantine=True, why=f"{len(able)} more of its pool go on sending")
    return Plan(quarantine=False, why="it is the last address of its pool that can send: mail goes on leaving by it")


def _is_able(member: Member) -> bool:
    return member.status == "active" and member.node_is_ready and not member.listed
