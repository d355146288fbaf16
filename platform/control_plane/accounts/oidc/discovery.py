"""What a provider says of itself (OpenID Connect Discovery 1.0), and the keys that it signs with."""

from urllib.parse import urlsplit

import httpx
import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from control_plane.accounts.oidc.errors import ProviderUnusable
from control_plane.accounts.oidc.fetching import fetch

_WELL_KNOWN = "/.well-known/openid-configuration"


class Metadata(msgspec.Struct, frozen=True):
    """The parts of the document that are used."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


async def discover(http: httpx.AsyncClient, issuer: str) -> Metadata:
    """Ask the issuer; raises `ProviderUnusable`."""
    found = await fetch(http, issuer.rstrip("/") + _WELL_KNOWN, Metadata)
    if found.issuer.rstrip("/") != issuer.rstrip("/"):
        raise ProviderUnusable(f"The provider calls itself {found.issuer[:200]}: use that as the issuer.")
    page = _address(found.authorization_endpoint)
    if page.scheme != urlsplit(issuer).scheme or not page.host:  # people are sent there: no script, no way out of TLS
        raise ProviderUnusable("The provider's page for signing in is not at an address of the same kind.")
    return msgspec.structs.replace(found, authorization_endpoint=str(page))


async def signing_keys(http: httpx.AsyncClient, metadata: Metadata) -> KeySet:
    """Fetch the keys; raises `ProviderUnusable`."""
    document = await fetch(http, metadata.jwks_uri, dict[str, object])
    try:
        return KeySet.import_key_set(document)  # type: ignore[arg-type]  # the library checks the shape itself
    except (JoseError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise ProviderUnusable("The provider's keys cannot be read.") from error


def _address(text: str) -> httpx.URL:
    """Read an address that goes into a header: as it comes out, it is plain ASCII on one line."""
    try:
        return httpx.URL(text)
    except (httpx.InvalidURL, ValueError) as error:
        raise ProviderUnusable("The provider names an address that is none.") from error
