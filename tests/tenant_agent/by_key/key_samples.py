"""API keys as nodes are told of them."""

import base64
import hashlib

from tenant_agent import wire

KEY_ID = "key_06f00000000000000000000a00"
OTHER_ID = "key_06f00000000000000000000b00"
SECRET = "fp_0123456789abcdef" + "v" * 40
QUEUE_ID = "4jXGx30008Lz2Pkld"


def hashed(secret: str) -> str:
    """Hash a secret as the control plane does."""
    salt = b"0123456789abcdef"
    return base64.b64encode(hashlib.sha512(secret.encode() + salt).digest() + salt).decode()


def smtp_key(key_id: str = KEY_ID, **changes: object) -> wire.SmtpKeyItem:
    fields: dict[str, object] = {"key_id": key_id, "password_hash": hashed(SECRET)}
    return wire.SmtpKeyItem(**(fields | changes))  # type: ignore[arg-type]
