"""API keys of a tenant, by verb."""

from control_plane.accounts.service.keys.change import change_key, revoke_key
from control_plane.accounts.service.keys.make import make_key
from control_plane.accounts.service.keys.read import get_key, list_keys
from control_plane.accounts.service.keys.rotate import rotate_key
from control_plane.accounts.service.keys.uses import KeyUses, note_use
from control_plane.accounts.service.keys.view import PREFIX

__all__ = [
    "PREFIX",
    "KeyUses",
    "change_key",
    "get_key",
    "list_keys",
    "make_key",
    "note_use",
    "revoke_key",
    "rotate_key",
]
