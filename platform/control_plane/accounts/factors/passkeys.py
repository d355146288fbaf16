"""Passkeys (WebAuthn level 3): what the browser is asked for, and whether what it answers is true."""

from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec
import webauthn
from webauthn.helpers import structs
from webauthn.helpers.exceptions import WebAuthnException

from control_plane.accounts.factors.challenges import SECONDS, PasskeyRefused
from control_plane.accounts.schemas import Person

Result = TypeVar("Result")

_LONGEST_ANSWER = 16 * 1024
_GARBAGE = (
    WebAuthnException,
    msgspec.MsgspecError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
"""The library's own refusals, and what it does not foresee."""


class Site(msgspec.Struct, frozen=True):
    """Whom a passkey is made for: the host that people reach us by."""

    host: str
    origin: str

    @classmethod
    def at(cls, public_url: str) -> "Site":
        """Read it out of the address of the platform."""
        parts = urlsplit(public_url)
        return cls(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")


class NewPasskey(msgspec.Struct, frozen=True):
    """What is kept of a passkey."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


class _Answer(msgspec.Struct):
    raw_id: str = msgspec.field(name="rawId")


def ask_to_register(site: Site, person: Person, challenge: bytes, known: Sequence[bytes]) -> str:
    """Give the options of `navigator.credentials.create` as JSON; `known` are the person's passkeys."""
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name="Fleetpost",
        user_id=person.id.bytes,
        user_name=person.email,
        user_display_name=person.name or person.email,
        challenge=challenge,
        timeout=SECONDS * 1000,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_descriptors(known),
    )
    return webauthn.options_to_json(options)


def ask_to_sign(site: Site, challenge: bytes, known: Sequence[bytes] = ()) -> str:
    """Give the options of `navigator.credentials.get` as JSON; without `known`, any passkey for us will do."""
    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        challenge=challenge,
        timeout=SECONDS * 1000,
        allow_credentials=_descriptors(known),
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def check_registration(site: Site, challenge: bytes, answer: str) -> NewPasskey:
    """Check what a browser gave for `ask_to_register`; raises `PasskeyRefused`."""
    made = _checked(
        answer,
        lambda: webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        ),
    )
    return NewPasskey(made.credential_id, made.credential_public_key, made.sign_count)


def check_signature(site: Site, challenge: bytes, answer: str, public_key: bytes, sign_count: int) -> int:
    """Check what a browser gave for `ask_to_sign`; gives the new sign count. Raises `PasskeyRefused`."""
    checked = _checked(
        answer,
        lambda: webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        ),
    )
    return checked.new_sign_count


def credential_of(answer: str) -> bytes:
    """Read which passkey signed; raises `PasskeyRefused`."""

    def read() -> bytes:
        return webauthn.base64url_to_bytes(msgspec.json.decode(answer, type=_Answer).raw_id)

    return _checked(answer, read)


def _checked(answer: str, check: Callable[[], Result]) -> Result:
    if len(answer) > _LONGEST_ANSWER:
        raise PasskeyRefused
    try:
        return check()
    except _GARBAGE as error:
        raise PasskeyRefused from error


def _descriptors(known: Sequence[bytes]) -> list[structs.PublicKeyCredentialDescriptor]:
    return [structs.PublicKeyCredentialDescriptor(id=credential_id) for credential_id in known]
