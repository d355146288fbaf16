"""MTA-STS policies and the record that announces them, read as senders read them (RFC 8461 §3)."""

import re
from typing import Literal, TypeAlias

import msgspec

from control_plane.mail_domains.checkup.tags import TagSyntaxError, parse_tags

Mode: TypeAlias = Literal["enforce", "testing", "none"]

_MODES: dict[str, Mode] = {"enforce": "enforce", "testing": "testing", "none": "none"}
_LONGEST_AGE_SECONDS = 31_557_600


class PolicySyntaxError(ValueError):
    """Senders ignore it; the message says why."""


class MtaStsPolicy(msgspec.Struct, frozen=True):
    """What senders are to insist on."""

    mode: Mode
    mx: tuple[str, ...]
    max_age_seconds: int


def parse_announcement(text: str) -> str:
    """Read the TXT record; gives the policy's id."""
    try:
        tags = parse_tags(text)
    except TagSyntaxError as error:
        raise PolicySyntaxError(str(error)) from error
    if not re.fullmatch(r"[A-Za-z0-9]{1,32}", tags.get("id", "")):
        raise PolicySyntaxError("id= has to be 1 to 32 letters and digits")
    return tags["id"]


def parse_policy(text: str) -> MtaStsPolicy:
    """Read a policy; raises `PolicySyntaxError`. Unknown keys are passed over."""
    pairs = [
        (key.strip(), value.strip()) for key, colon, value in (line.partition(":") for line in _lines(text)) if colon
    ]
    values = dict(reversed(pairs))  # of what stands there twice, the first counts
    if values.get("version") != "STSv1":
        raise PolicySyntaxError("it does not say version: STSv1")
    mode = _MODES.get(values.get("mode", ""))
    if mode is None:
        raise PolicySyntaxError("its mode is none of enforce, testing, none")
    age = values.get("max_age", "")
    if not re.fullmatch(r"[0-9]{1,10}", age) or int(age) > _LONGEST_AGE_SECONDS:
        raise PolicySyntaxError(f"its max_age is no number up to {_LONGEST_AGE_SECONDS}")
    hosts = tuple(value.lower() for key, value in pairs if key == "mx")
    if not hosts and mode != "none":
        raise PolicySyntaxError("it names no mx")
    return MtaStsPolicy(mode, hosts, int(age))


def _lines(text: str) -> list[str]:
    return [line for line in text.replace("\r\n", "\n").split("\n") if line.strip()]


def covers(policy: MtaStsPolicy, host: str) -> bool:
    """Say whether senders may deliver to a host; a star stands for exactly one label (§4.1)."""
    host = host.lower().removesuffix(".")
    parent = host.partition(".")[2]
    return any(pattern == host or (pattern.startswith("*.") and pattern[2:] == parent) for pattern in policy.mx)
