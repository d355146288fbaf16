"""The certificate authorities that have a short name, and what their directories are called."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

import msgspec

from control_plane.settings import AcmeSettings

PRESETS = {
    "letsencrypt": "https://acme-v02.api.letsencrypt.org/directory",
    "letsencrypt-staging": "https://acme-staging-v02.api.letsencrypt.org/directory",
    "zerossl": "https://acme.zerossl.com/v2/DV90",
    "buypass": "https://api.buypass.com/acme/directory",
    "buypass-test": "https://api.test4.buypass.no/acme/directory",
}
_NAMES = {
    "letsencrypt": "Let’s Encrypt",
    "letsencrypt-staging": "Let’s Encrypt (staging)",
    "zerossl": "ZeroSSL",
    "buypass": "Buypass",
    "buypass-test": "Buypass (test)",
}
_FAILURES_EACH = 3
"""So often one authority may fail in a row before the next one is asked."""


class ExternalAccount(msgspec.Struct, frozen=True):
    """What ties our account to one that the operator has with the authority (RFC 8555 §7.3.4)."""

    key_id: str
    hmac_key: str
    """base64url."""


def url_of(text: str) -> str:
    """Give the URL of a preset; a URL stays one."""
    return PRESETS.get(text, text)


def urls(settings: AcmeSettings) -> tuple[str, ...]:
    """List the directories' URLs, the preferred first."""
    return tuple(url_of(each) for each in settings.directories)


def name_of(url: str) -> str:
    """Give an authority in words: its name, or the host of its directory."""
    known = {PRESETS[preset]: name for preset, name in _NAMES.items()}
    return known.get(url) or urlsplit(url).hostname or url


def choose(available: tuple[str, ...], failures: int) -> str:
    """Choose whom to ask after so many failures of authorities in a row: each gets a few tries, then the next."""
    return available[failures // _FAILURES_EACH % len(available)]


def external_account(settings: AcmeSettings, directory: str) -> ExternalAccount | None:
    """Find the external account for a directory."""
    return _external_accounts(settings.eab).get(directory)


def _external_accounts(lines: Iterable[str]) -> Mapping[str, ExternalAccount]:
    found = {}
    for line in lines:
        directory, _, account = line.rstrip("=").rpartition("=")  # a URL may hold one too; padding means nothing
        key_id, _, hmac_key = account.partition(":")
        found[url_of(directory.strip())] = ExternalAccount(key_id.strip(), hmac_key.strip())
    return found
