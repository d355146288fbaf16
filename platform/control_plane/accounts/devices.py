"""Browsers that somebody has signed in from before: other people's guesses do not slow them down.

The cookie is OWASP's "device cookie": a random number, signed for one address. It opens nothing.
"""

import hashlib
import hmac
import secrets

_NONCE_BYTES = 16


def issue(secret: str, email: str) -> str:
    """Make the cookie of a browser where this address has just signed in."""
    nonce = secrets.token_urlsafe(_NONCE_BYTES)
    return f"{nonce}.{_signature(secret, email, nonce)}"


def recognise(secret: str, email: str, cookie: str) -> str:
    """Give the browser's number if the cookie was made for this address; else nothing."""
    nonce, _, signature = cookie.encode(errors="replace").decode().partition(".")
    genuine = hmac.compare_digest(signature.encode(), _signature(secret, email, nonce).encode())
    return nonce if genuine else ""


def _signature(secret: str, email: str, nonce: str) -> str:
    what = f"device\0{email.strip().lower()}\0{nonce}".encode()
    return hmac.new(bytes.fromhex(secret), what, hashlib.sha256).hexdigest()
