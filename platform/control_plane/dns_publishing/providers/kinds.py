"""The providers that can be connected: their fields are those of lexicon's own parsers, narrowed to what is needed.

Only those are listed whose way of writing was read and found to touch nothing but the record that is asked for.
(Namecheap's interface replaces the whole zone with every change, so it is left out.) Where the tenant says which
server to ask (PowerDNS, RFC 2136), we ask ourselves: those requests must not reach private addresses.
"""

from argparse import ArgumentParser
from importlib import import_module
from typing import Literal, TypeAlias

import msgspec
from lexicon.interfaces import Provider

ProviderKind: TypeAlias = Literal[
    "cloudflare", "ddns", "digitalocean", "gandi", "godaddy", "hetzner", "ovh", "porkbun", "powerdns"
]

_PROVIDERS = "lexicon._private.providers"
"""lexicon names no public place for these; its client would ask the network which suffixes are public."""


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a provider asks for."""

    name: str
    label: str
    secret: bool = True
    required: bool = True
    choices: tuple[str, ...] = ()


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """A provider that can be connected."""

    kind: ProviderKind
    title: str
    fields: tuple[Field, ...]
    hint: str


class Dialect(msgspec.Struct, frozen=True, kw_only=True):
    """How lexicon's module for a provider wants things said."""

    final_dot: bool = False
    """Targets end with a dot."""
    priority_apart: bool = False
    """The preference of MX goes in an option of its own, and is not told when records are listed."""
    by_hand: frozenset[str] = frozenset()
    """Types that it cannot write as they must be."""
    apex: str = ""
    """How it wants the zone itself named; nothing: by its whole name."""
    whole_sets: bool = False
    """It replaces all values of a set at once, TXT in quotes."""
    by_identifier: bool = True
    options: tuple[tuple[str, str], ...] = ()


DIALECTS: dict[str, Dialect] = {
    "cloudflare": Dialect(priority_apart=True),
    "digitalocean": Dialect(apex="@", by_hand=frozenset({"MX", "SRV"})),
    "gandi": Dialect(apex="@", final_dot=True, whole_sets=True, options=(("api_protocol", "rest"),)),
    "godaddy": Dialect(apex="@", by_hand=frozenset({"MX", "SRV"})),
    "hetzner": Dialect(apex="@", final_dot=True, by_identifier=False),
    "ovh": Dialect(final_dot=True),
    "porkbun": Dialect(priority_apart=True, by_hand=frozenset({"SRV"})),
    "powerdns": Dialect(final_dot=True),
}

_TITLES: dict[ProviderKind, tuple[str, str]] = {
    "cloudflare": ("Cloudflare", "Make an API token that may edit the DNS of this zone, and nothing else."),
    "digitalocean": ("DigitalOcean", "Make a personal access token that may read and write domains."),
    "gandi": ("Gandi", "Make a personal access token that may manage the domain's technical configuration."),
    "godaddy": ("GoDaddy", "Make a production key at developer.godaddy.com."),
    "hetzner": ("Hetzner", "Make an API token with the right to read and write, in the project of the zone."),
    "ovh": ("OVHcloud", "Make an application with rights on /domain/zone/ of this domain."),
    "porkbun": ("Porkbun", "Make an API key, and switch API access on for this domain."),
}
_FIELDS: dict[ProviderKind, tuple[str, ...]] = {
    "cloudflare": ("auth_token",),
    "digitalocean": ("auth_token",),
    "gandi": ("auth_token",),
    "godaddy": ("auth_key", "auth_secret"),
    "hetzner": ("auth_token",),
    "ovh": ("auth_entrypoint", "auth_application_key", "auth_application_secret", "auth_consumer_key"),
    "porkbun": ("auth_key", "auth_secret"),
}
"""Of lexicon's fields, those that we ask for."""
_NOT_SECRET = frozenset({"auth_entrypoint"})


def provider_class(kind: str) -> type[Provider]:
    """Give lexicon's class for a provider."""
    found: type[Provider] = import_module(f"{_PROVIDERS}.{kind}").Provider
    return found


def _from_lexicon(kind: ProviderKind) -> Kind:
    parser = ArgumentParser(add_help=False)
    provider_class(kind).configure_parser(parser)
    known = {action.dest: action for action in parser._actions}  # noqa: SLF001 argparse has no other way to list them
    fields = tuple(
        Field(
            name=name,
            label=name.removeprefix("auth_").replace("_", " ").capitalize(),
            secret=name not in _NOT_SECRET,
            choices=tuple(known[name].choices or ()),
        )
        for name in _FIELDS[kind]
    )
    title, hint = _TITLES[kind]
    return Kind(kind=kind, title=title, fields=fields, hint=hint)


_OWN = (
    Kind(
        kind="powerdns",
        title="PowerDNS",
        fields=(
            Field(name="server", label="Address of the API, as in https://ns1.example.com:8081", secret=False),
            Field(name="server_id", label="Server ID, if not localhost", secret=False, required=False),
            Field(name="token", label="API key"),
        ),
        hint="The API must be reachable over https.",
    ),
    Kind(
        kind="ddns",
        title="Dynamic updates (RFC 2136)",
        fields=(
            Field(name="server", label="Primary name server, as in ns1.example.com", secret=False),
            Field(name="key_name", label="Name of the TSIG key", secret=False),
            Field(
                name="algorithm",
                label="Algorithm",
                secret=False,
                choices=("hmac-sha256", "hmac-sha384", "hmac-sha512"),
            ),
            Field(name="key", label="Key (base64)"),
        ),
        hint="The key must be allowed to update the zone; queries are signed with it too.",
    ),
)

KINDS: dict[ProviderKind, Kind] = {kind.kind: kind for kind in (*map(_from_lexicon, _FIELDS), *_OWN)}
"""By their names, as a page lists them."""
