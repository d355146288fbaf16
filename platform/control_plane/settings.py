"""Every setting of the control plane, read once from the environment and passed on; no secret has a default."""

import os
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Literal
from urllib.parse import urlsplit

import msgspec


class MissingSetting(Exception):
    """A setting that has no default is not set."""


class DatabaseSettings(msgspec.Struct, frozen=True):
    """PostgreSQL, reached as two roles; a third one, the owner, is for `fleetpost migrate` only (see `owner_url`)."""

    app_url: str
    """Role fleetpost_app: tenants' requests. `DATABASE_URL`."""
    fleet_url: str
    """Role fleetpost_fleet: claims, events and sweeps for all tenants. `FLEETPOST_FLEET_DATABASE_URL`."""
    pool_size: int
    """Connections per process and role. `FLEETPOST_DATABASE_POOL`."""


class Rate(msgspec.Struct, frozen=True):
    """So many a minute, and so many at once after a pause."""

    per_minute: int
    burst: int


class RateSettings(msgspec.Struct, frozen=True):
    """How often each API key may ask, as `per minute/at once`; all keys of a tenant together may twice as often."""

    read: Rate
    """`FLEETPOST_RATE_READ`."""
    write: Rate
    """`FLEETPOST_RATE_WRITE`."""
    send: Rate
    """`FLEETPOST_RATE_SEND`."""


class ZoneSettings(msgspec.Struct, frozen=True):
    """The DNS zone of our own that customers' records point into, and how it is written (RFC 2136, RFC 8945)."""

    name: str
    """`FLEETPOST_ZONE`; empty: there is none, and customers publish every record themselves."""
    server: str
    """`address` or `address@port` of the primary server. `FLEETPOST_ZONE_SERVER`."""
    key: str
    """`name:algorithm:base64`, a TSIG key. `FLEETPOST_ZONE_KEY`."""


class AcmeSettings(msgspec.Struct, frozen=True):
    """Where certificates come from (RFC 8555)."""

    directories: tuple[str, ...]
    """URLs or presets (`letsencrypt`, `zerossl`, …), the preferred first; none: no orders. `FLEETPOST_ACME`."""
    contact: str
    """Mail address of the accounts; may be empty. `FLEETPOST_ACME_CONTACT`."""
    eab: tuple[str, ...]
    """`directory=key id:base64url HMAC` for those that ask for external accounts. `FLEETPOST_ACME_EAB`."""
    ca_file: str
    """Certificates that the directories' own are checked with; empty: the system's. `FLEETPOST_ACME_CA_FILE`."""
    own_names: bool = True
    """Whether the platform's and the nodes' own names get theirs here too. `FLEETPOST_ACME_OWN_NAMES`: yes or no."""


class Settings(msgspec.Struct, frozen=True):
    """All settings; each attribute names its environment variable."""

    database: DatabaseSettings
    redis_url: str
    """Valkey or Redis. `REDIS_URL`."""
    vault_keys: str
    """`name:base64key[,…]`: encrypts DKIM keys and webhook secrets; the first encrypts. `FLEETPOST_VAULT_KEYS`."""
    session_secret: str
    """64 hexadecimal digits: signs the portal's cookies. `FLEETPOST_SESSION_SECRET`."""
    public_url: str
    """Where people and programs reach us. `FLEETPOST_PUBLIC_URL`."""
    egress_allow: tuple[IPv4Network | IPv6Network, ...]
    """Private networks that webhooks may reach all the same, comma-separated. `FLEETPOST_EGRESS_ALLOW`."""
    nameservers: tuple[str, ...]
    """Resolvers for domain checks, `address` or `address@port`; empty: the system's. `FLEETPOST_NAMESERVERS`."""
    mail_host: str
    """The name that customers' MX records point to. `FLEETPOST_MAIL_HOST`."""
    spf_include: str
    """The name whose SPF record lists the fleet's addresses. `FLEETPOST_SPF_INCLUDE`."""
    client_host: str
    """The host that people's mail programs connect to. `FLEETPOST_CLIENT_HOST`."""
    site_host: str
    """The host that customers' web names (MTA-STS, autoconfig) point to. `FLEETPOST_SITE_HOST`."""
    zone: ZoneSettings
    reports_domain: str
    """Where others' reports are mailed to; empty: nowhere. `FLEETPOST_REPORTS_DOMAIN`."""
    acme: AcmeSettings
    rates: RateSettings
    closing_days: int
    """How long a closed account can be reopened before it is erased. `FLEETPOST_CLOSING_DAYS`."""
    system_sender: str
    """Who the platform's own mails are from; the operator must have proven its domain. `FLEETPOST_SYSTEM_SENDER`."""
    sign_up: Literal["open", "closed"]
    """Whether strangers may make accounts of their own. `FLEETPOST_SIGN_UP`."""
    starting_day: int = 300
    """Messages a day for who signed up themselves, to begin with; 0: as plans say. `FLEETPOST_STARTING_DAY`."""
    probe_address: str = ""
    """Where nodes send a mail in each roll-out, to see whether mail leaves them. `FLEETPOST_PROBE_ADDRESS`."""
    simulator_domain: str = ""
    """Mail to its addresses is played and not sent; empty: there is none. `FLEETPOST_SIMULATOR_DOMAIN`."""
    inbound_kept_days: int = 30
    """How long mail that came in by inbound routes is kept. `FLEETPOST_INBOUND_KEPT_DAYS`."""
    inbound_kept_gib: int = 10
    """How much of it is kept of one tenant, in GiB; beyond that the oldest goes first. `FLEETPOST_INBOUND_KEPT_GIB`."""
    blobs: str = "var/blobs"
    """Where large files lie: a directory, or `s3://key:secret@bucket/prefix?endpoint=…`. `FLEETPOST_BLOBS`."""


def _required(env: Mapping[str, str], name: str) -> str:
    value = env.get(name, "").strip()
    if not value:
        raise MissingSetting(f"{name} is not set; scripts/up sets it for you, docs/settings.md says what it is for")
    return value


def _list(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in env.get(name, "").split(",") if part.strip())


def _domain(env: Mapping[str, str], name: str, default: str) -> str:
    return env.get(name, default).strip().rstrip(".").lower()


def _rate(env: Mapping[str, str], name: str, default: str) -> Rate:
    per_minute, _, burst = env.get(name, default).partition("/")
    rate = Rate(int(per_minute), int(burst or per_minute))
    if min(rate.per_minute, rate.burst) < 1:
        raise ValueError(f"{name} has the form per-minute/at-once, as in {default}, and neither is nothing")
    return rate


def owner_url(env: Mapping[str, str] | None = None) -> str:
    """Give the database as its owner, for migrations; raises `MissingSetting`."""
    return _required(os.environ if env is None else env, "FLEETPOST_OWNER_DATABASE_URL")


def load(env: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; raises `MissingSetting` with the variable's name."""
    env = os.environ if env is None else env
    public_url = _required(env, "FLEETPOST_PUBLIC_URL").rstrip("/")
    mail_host = env.get("FLEETPOST_MAIL_HOST", "mx.fleetpost.test")
    zone = ZoneSettings(
        name=env.get("FLEETPOST_ZONE", ""),
        server=env.get("FLEETPOST_ZONE_SERVER", ""),
        key=env.get("FLEETPOST_ZONE_KEY", ""),
    )
    return Settings(
        database=DatabaseSettings(
            app_url=_required(env, "DATABASE_URL"),
            fleet_url=_required(env, "FLEETPOST_FLEET_DATABASE_URL"),
            pool_size=int(env.get("FLEETPOST_DATABASE_POOL", "8")),
        ),
        redis_url=_required(env, "REDIS_URL"),
        vault_keys=_required(env, "FLEETPOST_VAULT_KEYS"),
        session_secret=_required(env, "FLEETPOST_SESSION_SECRET"),
        public_url=public_url,
        egress_allow=tuple(ip_network(part) for part in _list(env, "FLEETPOST_EGRESS_ALLOW")),
        nameservers=_list(env, "FLEETPOST_NAMESERVERS"),
        mail_host=mail_host,
        spf_include=env.get("FLEETPOST_SPF_INCLUDE", "spf.fleetpost.test"),
        client_host=env.get("FLEETPOST_CLIENT_HOST", mail_host),
        site_host=env.get("FLEETPOST_SITE_HOST", urlsplit(public_url).hostname or ""),
        zone=zone,
        reports_domain=env.get("FLEETPOST_REPORTS_DOMAIN", f"reports.{zone.name}" if zone.name else ""),
        acme=AcmeSettings(
            directories=_list(env, "FLEETPOST_ACME"),
            contact=env.get("FLEETPOST_ACME_CONTACT", ""),
            eab=_list(env, "FLEETPOST_ACME_EAB"),
            ca_file=env.get("FLEETPOST_ACME_CA_FILE", ""),
            own_names=env.get("FLEETPOST_ACME_OWN_NAMES", "yes").strip().lower() != "no",
        ),
        rates=RateSettings(
            read=_rate(env, "FLEETPOST_RATE_READ", "12000/2000"),
            write=_rate(env, "FLEETPOST_RATE_WRITE", "6000/1000"),
            send=_rate(env, "FLEETPOST_RATE_SEND", "6000/1000"),
        ),
        closing_days=int(env.get("FLEETPOST_CLOSING_DAYS", "30")),
        system_sender=env.get("FLEETPOST_SYSTEM_SENDER", "Fleetpost <no-reply@fleetpost.test>"),
        sign_up="closed" if env.get("FLEETPOST_SIGN_UP", "open").strip().lower() == "closed" else "open",
        starting_day=int(env.get("FLEETPOST_STARTING_DAY", "300")),
        probe_address=env.get("FLEETPOST_PROBE_ADDRESS", "").strip(),
        simulator_domain=_domain(env, "FLEETPOST_SIMULATOR_DOMAIN", f"simulator.{zone.name}" if zone.name else ""),
        inbound_kept_days=int(env.get("FLEETPOST_INBOUND_KEPT_DAYS", "30")),
        inbound_kept_gib=int(env.get("FLEETPOST_INBOUND_KEPT_GIB", "10")),
        blobs=env.get("FLEETPOST_BLOBS", "").strip() or "var/blobs",
    )
