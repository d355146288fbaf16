"""The front's own settings, read once from the environment; `docs/front.md` says what each is for."""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

_IPV6 = Path("/proc/net/if_inet6")
"""There where the machine speaks IPv6."""


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How long the front waits for whom, in seconds."""

    connect: int = 5
    request: int = 10
    """For all of a request's head, and its body as far as it fits into a buffer: who dribbles is cut off."""
    client: int = 75
    """Between two signs of life of a client; server-sent events have a comment every 15."""
    server: int = 120
    """Until the application begins to answer, and between two parts of its answer."""
    keep_alive: int = 60
    tunnel: int = 3600
    """Between two signs of life on a WebSocket; agents have a ping every 10."""


class FrontOptions(msgspec.Struct, frozen=True, kw_only=True):
    """All options; each attribute names its environment variable."""

    home: Path
    """Where configuration, certificates and sockets are kept. `FLEETPOST_FRONT_HOME`."""
    certificate: str = ""
    """File of the default certificate and its chain; none: one is made that nobody trusts. `…_CERTIFICATE`."""
    key: str = ""
    """File of its private key. `FLEETPOST_FRONT_KEY`."""
    http: tuple[str, ...] = ("*:80",)
    """Where to listen for plain HTTP, as HAProxy writes it. `FLEETPOST_FRONT_HTTP`."""
    https: tuple[str, ...] = ("*:443",)
    """Where to listen for TLS. `FLEETPOST_FRONT_HTTPS`."""
    web: tuple[str, ...] = ("127.0.0.1:8000",)
    """The web processes, `address:port`. `FLEETPOST_FRONT_WEB`."""
    per_address: int = 200
    """Most connections of one IPv4 address or IPv6 /64 at a time; loopback is not counted. `…_PER_ADDRESS`."""
    user: str = "haproxy"
    """Whom HAProxy becomes when it is started as root. `FLEETPOST_FRONT_USER`."""
    patience: Patience = Patience()


def load(env: Mapping[str, str] | None = None) -> FrontOptions:
    """Read the options."""
    env = os.environ if env is None else env
    default = FrontOptions(home=Path("/var/lib/fleetpost-front"))
    return FrontOptions(
        home=Path(env.get("FLEETPOST_FRONT_HOME", "") or default.home).absolute(),
        certificate=env.get("FLEETPOST_FRONT_CERTIFICATE", ""),
        key=env.get("FLEETPOST_FRONT_KEY", ""),
        http=_list(env, "FLEETPOST_FRONT_HTTP") or _everywhere(80),
        https=_list(env, "FLEETPOST_FRONT_HTTPS") or _everywhere(443),
        web=_list(env, "FLEETPOST_FRONT_WEB") or default.web,
        per_address=int(env.get("FLEETPOST_FRONT_PER_ADDRESS", "") or default.per_address),
        user=env.get("FLEETPOST_FRONT_USER", "") or default.user,
    )


def _everywhere(port: int) -> tuple[str, ...]:
    """Listen for both families apart: on a socket for both, all of IPv4 would look like one network of IPv6."""
    return (f"*:{port}", f":::{port} v6only") if _IPV6.exists() else (f"*:{port}",)


def _list(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in env.get(name, "").split(",") if part.strip())
