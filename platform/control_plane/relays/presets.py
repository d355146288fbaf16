"""The providers that are known by name: where their servers are, and what their logins look like."""

from typing import Literal, TypeAlias

import msgspec

RelayKind: TypeAlias = Literal["ses", "sendgrid", "mailgun", "smtp2go", "postmark", "smtp"]
Tls: TypeAlias = Literal["starttls", "implicit"]

PORTS = (25, 465, 587, 2465, 2525, 2587)
"""Where mail is submitted; anything else on a host is none of ours."""
_IMPLICIT = (465, 2465)


class Preset(msgspec.Struct, frozen=True, kw_only=True):
    """A provider; with regions, its host has one in it."""

    title: str
    host: str = ""
    regions: tuple[str, ...] = ()
    port: int = 587
    username: str = ""
    """What its user name always is; empty: everybody has their own."""
    hook_key: str = ""
    """What its events' signatures are checked with, in the provider's words; empty: the address is secret."""

    def host_in(self, region: str) -> str:
        """Give the host; the first region, if none is named."""
        return self.host.format(region=region or (self.regions[0] if self.regions else ""))


PRESETS: dict[RelayKind, Preset] = {
    "ses": Preset(
        title="Amazon SES",
        host="email-smtp.{region}.amazonaws.com",
        regions=(
            "eu-central-1", "eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1", "eu-south-1", "us-east-1", "us-east-2",
            "us-west-1", "us-west-2", "ca-central-1", "sa-east-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
            "ap-southeast-3", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "me-south-1", "af-south-1",
            "il-central-1",
        ),
    ),
    "sendgrid": Preset(
        title="SendGrid", host="smtp.sendgrid.net", username="apikey", hook_key="Event Webhook verification key"
    ),
    "mailgun": Preset(
        title="Mailgun", host="smtp.{region}mailgun.org", regions=("", "eu."), hook_key="HTTP webhook signing key"
    ),
    "smtp2go": Preset(title="SMTP2GO", host="mail{region}.smtp2go.com", regions=("", "-eu", "-us", "-au"), port=2525),
    "postmark": Preset(
        title="Postmark", host="{region}.postmarkapp.com", regions=("smtp", "smtp-broadcasts")
    ),
    "smtp": Preset(title="Another SMTP server"),
}  # fmt: skip
"""By kind, in the order in which they are offered."""


def hosts_of(kind: RelayKind) -> tuple[str, ...]:
    """List a provider's hosts; none for a server of one's own."""
    preset = PRESETS[kind]
    return tuple(preset.host_in(region) for region in preset.regions or ("",) if preset.host)


def tls_of(port: int) -> Tls:
    """Give the TLS that a port is for."""
    return "implicit" if port in _IMPLICIT else "starttls"
