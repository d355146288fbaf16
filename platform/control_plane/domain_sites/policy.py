"""The MTA-STS policy of a domain (RFC 8461): what is published under its web name, and the id that its TXT names."""

import hashlib
from typing import Literal, TypeAlias

import msgspec

Mode: TypeAlias = Literal["testing", "enforce", "none"]
"""`testing`: others report failures and deliver all the same; `enforce`: they do not deliver without good TLS."""

DAY_SECONDS = 86_400
DEFAULT_MAX_AGE_SECONDS = 7 * DAY_SECONDS
LEAST_MAX_AGE_SECONDS, MOST_MAX_AGE_SECONDS = DAY_SECONDS, 31_557_600
"""Others look for a new id with each delivery, so that a long life costs nothing; the upper bound is §3.2's."""

_ID_CHARACTERS = 20
"""At most 32 (§3.1)."""


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What others are told about mail to the domain."""

    mode: Mode
    mx: tuple[str, ...]
    max_age_seconds: int


def policy_text(policy: Policy) -> str:
    """Write the policy as `/.well-known/mta-sts.txt` gives it (§3.2)."""
    lines = [
        "version: STSv1",
        f"mode: {policy.mode}",
        *(f"mx: {host}" for host in policy.mx),
        f"max_age: {policy.max_age_seconds}",
    ]
    return "".join(f"{line}\r\n" for line in lines)


def policy_id(policy: Policy) -> str:
    """Give the policy's id, which is another one whenever the policy is (§3.1)."""
    return hashlib.sha256(policy_text(policy).encode()).hexdigest()[:_ID_CHARACTERS]


def txt_value(policy: Policy) -> str:
    """Write the TXT record at `_mta-sts.` below the domain."""
    return f"v=STSv1; id={policy_id(policy)};"
