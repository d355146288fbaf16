"""The two addresses of a sign-in (RFC 6749 §4.1 with PKCE): where the person is sent, where their code is exchanged."""

import base64
import hashlib
from urllib.parse import urlencode

import httpx
import msgspec

from control_plane.accounts.oidc.departures import Ticket
from control_plane.accounts.oidc.discovery import Metadata
from control_plane.accounts.oidc.fetching import fetch

_SCOPE = "openid email profile"


class Ours(msgspec.Struct, frozen=True, kw_only=True):
    """Who we are to the provider."""

    client_id: str
    client_secret: str
    callback: str
    """The address that people come back to."""


class _Tokens(msgspec.Struct, frozen=True):
    id_token: str


def way_there(metadata: Metadata, client_id: str, callback: str, ticket: Ticket) -> str:
    """Give the address of the provider's page for signing in."""
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": callback,
        "scope": _SCOPE,
        "state": ticket.state,
        "nonce": ticket.departure.nonce,
        "code_challenge": _challenge(ticket.departure.verifier),
        "code_challenge_method": "S256",
    }
    if ticket.departure.again:
        query |= {"prompt": "login", "max_age": "0"}
    joint = "&" if "?" in metadata.authorization_endpoint else "?"
    return metadata.authorization_endpoint + joint + urlencode(query)


async def id_token_for(http: httpx.AsyncClient, metadata: Metadata, ours: Ours, code: str, verifier: str) -> str:
    """Exchange a code for an ID token; raises `ProviderUnusable`."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": ours.callback,
        "code_verifier": verifier,
    }
    if "client_secret_basic" in metadata.token_endpoint_auth_methods_supported:
        credentials = (ours.client_id, ours.client_secret)
        return (await fetch(http, metadata.token_endpoint, _Tokens, form=form, credentials=credentials)).id_token
    form |= {"client_id": ours.client_id, "client_secret": ours.client_secret}
    return (await fetch(http, metadata.token_endpoint, _Tokens, form=form)).id_token


def _challenge(verifier: str) -> str:
    """Give what the provider compares the verifier with (RFC 7636 §4.2, S256)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
