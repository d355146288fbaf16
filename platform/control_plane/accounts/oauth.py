"""OAuth 2.0 client credentials (RFC 6749 §4.4): a program trades its API key for an access token of an hour.

The client's id is the key's public id, its secret the key itself. Authlib knows the protocol; who the client is was
found out before it is asked, since it does not wait for a database.
"""

import base64
import binascii
from collections.abc import Collection, Mapping
from http import HTTPStatus
from typing import cast
from urllib.parse import unquote_plus

import msgspec
from authlib.oauth2.rfc6749 import (
    AuthorizationServer,
    ClientMixin,
    InvalidClientError,
    InvalidRequestError,
    InvalidScopeError,
    OAuth2Error,
    OAuth2Request,
)
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6749.util import scope_to_list
from authlib.oauth2.rfc6750 import BearerTokenGenerator

from control_plane.accounts.key_rights import SCOPES, may_give
from control_plane.core.access_tokens import LIFETIME, AccessTokens, Claims
from control_plane.core.errors import Unauthenticated
from control_plane.core.ids import encode
from control_plane.core.key_ring import KeyRing, LiveKey, split_key

PATH = "/oauth/token"
_ABSOLUTE = f"https://fleetpost.invalid{PATH}"  # Authlib asks for https; what stands before us ends TLS


class TokenRequest(msgspec.Struct, frozen=True):
    """What was sent: the form's fields, each once, and the header `Authorization`."""

    form: Mapping[str, str]
    authorization: str


class TokenAnswer(msgspec.Struct, frozen=True):
    """An answer as RFC 6749 §5 has it."""

    status: int
    body: Mapping[str, object]
    headers: Mapping[str, str]


async def give_token(keys: KeyRing, tokens: AccessTokens, request: TokenRequest, address: str) -> TokenAnswer:
    """Give an access token, or say why not."""
    try:
        client = await _authenticated(keys, request, address)
    except OAuth2Error as error:
        status, body, headers = error()
        return TokenAnswer(int(status), body, dict(headers))
    return cast("TokenAnswer", _Server(tokens, client).create_token_response(request))


async def _authenticated(keys: KeyRing, request: TokenRequest, address: str) -> "_Client":
    """Find the key; raises `InvalidRequestError`, `InvalidClientError`."""
    if not request.form.get("grant_type"):
        raise InvalidRequestError("Say what is wanted: grant_type=client_credentials.")
    client_id, secret = _credentials(request)
    key = await _key(keys, secret, address)
    if key is None or encode("key", key.id) != client_id:
        raise InvalidClientError(
            status_code=HTTPStatus.UNAUTHORIZED.value,
            description="Send the id of a live API key as client_id, and the key as client_secret.",
        )
    return _Client(key)


async def _key(keys: KeyRing, secret: str, address: str) -> LiveKey | None:
    if split_key(secret) is None:  # an access token does not beget another
        return None
    try:
        return await keys.authenticate(secret, address)
    except Unauthenticated:
        return None


def _credentials(request: TokenRequest) -> tuple[str, str]:
    """Read id and secret out of the header or the form (RFC 6749 §2.3.1), but not out of both."""
    scheme, _, encoded = request.authorization.partition(" ")
    if scheme.lower() != "basic":
        return request.form.get("client_id", ""), request.form.get("client_secret", "")
    if "client_secret" in request.form:
        raise InvalidRequestError("Authenticate by the header or by the form, and not by both.")
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return unquote_plus(client_id), unquote_plus(secret)


class _Client(ClientMixin):
    """A key as Authlib asks about it."""

    def __init__(self, key: LiveKey) -> None:
        self.key = key

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == ClientCredentialsGrant.GRANT_TYPE

    def get_allowed_scope(self, scope: Collection[str] | str | None) -> str:
        """Give what was asked for, or all that the key has; raises `InvalidScopeError` when that is more."""
        wanted = (scope_to_list(scope) if scope else []) or sorted(self.key.subject.scopes)
        if not all(each in SCOPES and may_give(self.key.subject, each) for each in wanted):
            raise InvalidScopeError("The key has not got all of these scopes.")
        return " ".join(dict.fromkeys(wanted))


class _Server(AuthorizationServer):
    """Authlib's server for one request of one client."""

    def __init__(self, tokens: AccessTokens, client: _Client) -> None:
        super().__init__()
        self._client = client
        self.register_grant(ClientCredentialsGrant)

        def make(*, client: ClientMixin, grant_type: str, user: object, scope: str) -> str:  # noqa: ARG001 Authlib's
            return tokens.make(Claims(self._client.key.lookup, frozenset(scope.split())))

        lifetime = int(LIFETIME.total_seconds())
        self.register_token_generator("default", BearerTokenGenerator(make, expires_generator=lambda *_: lifetime))

    def authenticate_client(self, *_: object, **__: object) -> _Client:
        return self._client

    def save_token(self, token: Mapping[str, object], request: OAuth2Request) -> None:
        """Keep nothing: a token says all that it means."""

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Tell nobody."""

    def create_oauth2_request(self, request: TokenRequest) -> OAuth2Request:
        made = OAuth2Request("POST", _ABSOLUTE)
        made.payload = BasicOAuth2Payload(dict(request.form))
        return made

    def handle_response(self, status: int, body: Mapping[str, object], headers: Mapping[str, str]) -> TokenAnswer:
        return TokenAnswer(int(status), body, dict(headers))
