"""Codes of an authenticator app (RFC 6238): six digits that change every 30 seconds."""

import hmac
from datetime import datetime

import pyotp
from pyotp.totp import TOTP

STEP_SECONDS = 30
_DIGITS = 6
_CLOCKS_APART_STEPS = 1
"""How far the app's clock may be off."""
_ISSUER = "Fleetpost"


def new_secret() -> str:
    """Make a secret of 160 bits, in base32."""
    return pyotp.random_base32()


def uri(secret: str, email: str) -> str:
    """Give what an app reads out of the picture."""
    return TOTP(secret).provisioning_uri(name=email, issuer_name=_ISSUER)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """Find the step that a code belongs to, counted from 1970; None when it is wrong, or too early or late by a step.

    A code is good once: the caller refuses a step that is not after the last one used.
    """
    typed = "".join(code.split())
    if len(typed) != _DIGITS or not (typed.isascii() and typed.isdigit()):
        return None
    app, present = TOTP(secret), int(now.timestamp()) // STEP_SECONDS
    steps = range(present - _CLOCKS_APART_STEPS, present + _CLOCKS_APART_STEPS + 1)
    return next((step for step in steps if hmac.compare_digest(app.generate_otp(step), typed)), None)
