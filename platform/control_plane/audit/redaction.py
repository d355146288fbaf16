"""What an entry says of a change: the fields that differ, before and after; of a secret only that it changed."""

from collections.abc import Mapping
from typing import TypeAlias

import msgspec

Fields: TypeAlias = Mapping[str, object]
HIDDEN = "(hidden)"

_SECRET_WORDS = ("password", "secret", "token", "private", "hash", "recovery", "totp")


def changes(before: Fields | None, after: Fields | None) -> dict[str, list[object]]:
    """Give `{field: [before, after]}` of the fields that differ; None where there was or is nothing."""
    old, new = before or {}, after or {}
    names = [*old, *(name for name in new if name not in old)]
    return {
        name: [_shown(name, old.get(name)), _shown(name, new.get(name))]
        for name in names
        if old.get(name) != new.get(name)
    }


def _shown(name: str, value: object) -> object:
    if value is None:
        return None
    if any(word in name for word in _SECRET_WORDS):
        return HIDDEN
    return msgspec.to_builtins(value, str_keys=True, enc_hook=str)
