"""Recovery codes: ten on paper, each good once, for the day when phone and keys are lost."""

import base64
import secrets

from control_plane.core import crypto

COUNT = 10
_BYTES = 10
_CHARACTERS = 16
"""In base32."""
_GROUP = 4


def new_codes() -> list[str]:
    """Make a set of codes of 80 bits each, such as `k3vq-7adm-xx2h-p5zt`."""
    return [_grouped(base64.b32encode(secrets.token_bytes(_BYTES)).decode().lower()) for _ in range(COUNT)]


def hashed(code: str) -> bytes:
    """Give what is kept of a code."""
    return crypto.hash_secret(_bare(code))


def matching(code: str, hashes: list[bytes]) -> bytes | None:
    """Find the hash that a typed code belongs to; spaces, dashes and capitals do not matter."""
    return next((kept for kept in hashes if crypto.secret_matches(_bare(code), kept)), None)


def looks_like_one(text: str) -> bool:
    """Tell a recovery code from an app's six digits."""
    return len(_bare(text)) == _CHARACTERS


def _bare(code: str) -> str:
    return "".join(character for character in code.lower() if character.isalnum())


def _grouped(code: str) -> str:
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))
