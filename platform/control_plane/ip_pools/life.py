"""The life of a sending address: which step leads from where to where.

provisioning ──verify──→ warming ──warm──→ active
                           │ ↑              │ ↑
                           │ └──rewarm──┐   │ └ resume (it was warm)
                           ├── drain ───┼───┴──→ draining ──┐
                           └ quarantine ┴──────→ quarantined ┴─ release ─→ released ──reuse──→ provisioning

A released address cools down before somebody else gets it (`cool_down`).
"""

from collections.abc import Mapping
from typing import Literal, TypeAlias

IpStatus: TypeAlias = Literal["provisioning", "warming", "active", "draining", "quarantined", "released"]
Step: TypeAlias = Literal["verify", "warm", "drain", "resume", "quarantine", "rewarm", "release", "reuse"]

TAKES_MAIL: tuple[IpStatus, ...] = ("warming", "active")

_STEPS: Mapping[Step, Mapping[IpStatus, IpStatus]] = {
    "verify": {"provisioning": "warming"},
    "warm": {"warming": "active"},
    "drain": {"warming": "draining", "active": "draining"},
    "resume": {"draining": "warming"},
    "quarantine": {"warming": "quarantined", "active": "quarantined", "draining": "quarantined"},
    "rewarm": {"quarantined": "warming", "active": "warming"},
    "release": {"provisioning": "released", "draining": "released", "quarantined": "released"},
    "reuse": {"released": "provisioning"},
}


def after(status: IpStatus, step: Step, *, is_warm: bool = False) -> IpStatus | None:
    """Give the status that a step leads to; None if it cannot be taken. What is warm is resumed without a warm-up."""
    reached = _STEPS[step].get(status)
    return "active" if step == "resume" and reached is not None and is_warm else reached


def steps_from(status: IpStatus) -> tuple[Step, ...]:
    """List the steps that can be taken."""
    return tuple(step for step, moves in _STEPS.items() if status in moves)
