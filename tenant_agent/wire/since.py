"""Since which version of the link there is each frame: one that the other side cannot read yet is not sent."""

from tenant_agent.wire.frames import Accepted, AskDigests, Bundle, Configured, Digests, Drifted, Moved, Probed, Return

_SINCE: dict[type, int] = {
    Return: 2,
    Accepted: 2,
    Bundle: 2,
    AskDigests: 2,
    Digests: 2,
    Drifted: 2,
    Configured: 2,
    Moved: 2,
    Probed: 2,
}


def is_known_to(frame: object, wire_version: int) -> bool:
    """Say whether a side that speaks this version can read the frame."""
    return _SINCE.get(type(frame), 1) <= wire_version
