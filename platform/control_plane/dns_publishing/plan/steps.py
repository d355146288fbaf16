"""A step: what is to happen to one record set, and how far it got."""

from typing import Literal, TypeAlias

import msgspec

from control_plane.mail_domains.schemas import Purpose, RecordType

Action: TypeAlias = Literal["create", "change", "leave", "conflict"]
"""`conflict`: somebody else's records stand there; nothing is done unless they may be replaced and it is asked for."""
StepStatus: TypeAlias = Literal["proposed", "left_out", "waiting", "done", "failed", "taken_back", "kept"]
"""`kept`: it was to be taken back, but somebody has changed the record since."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What is to happen to one record set."""

    type: RecordType
    name: str
    purposes: tuple[Purpose, ...]
    action: Action
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    ttl_seconds: int = 3600
    explanation: str = ""
    replaceable: bool = False
    """Of a conflict: what stands there may be replaced, if that is asked for."""
    status: StepStatus = "proposed"
    problem: str | None = None

    @property
    def key(self) -> str:
        """Name the record set, as in `TXT _dmarc.example.com`."""
        return f"{self.type} {self.name}"

    @property
    def changes(self) -> bool:
        """Say whether the zone is another afterwards."""
        return self.before != self.after


class Proposal(msgspec.Struct, frozen=True):
    """What one rule proposes for a set."""

    action: Action
    after: tuple[str, ...]
    explanation: str
    replaceable: bool = False


def proposal(action: Action, after: tuple[str, ...], explanation: str, *, replaceable: bool = False) -> Proposal:
    """Make a proposal."""
    return Proposal(action, after, explanation, replaceable)
