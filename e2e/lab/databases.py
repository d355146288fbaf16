"""Database servers that are not the lab's own: its control plane has another network, and reaches them by the gate."""

from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from e2e.lab.gate import End, Passage

_FIRST_PORT = 15000
_LOOPBACK = "127.0.0.1"
_DEFAULT_PORTS = {"postgresql": 5432, "postgres": 5432, "redis": 6379, "rediss": 6379}


def _server(url: SplitResult) -> End | None:
    """Give the server that a URL names; None for a Unix socket."""
    if url.scheme not in _DEFAULT_PORTS or not url.hostname:
        return None
    return End(url.hostname, url.port or _DEFAULT_PORTS[url.scheme])


def _redirected(url: SplitResult, port: int) -> str:
    login, at, _ = url.netloc.rpartition("@")
    return url._replace(netloc=f"{login}{at}{_LOOPBACK}:{port}").geturl()


def _servers(urls: Mapping[str, str]) -> list[End]:
    found = (_server(urlsplit(url)) for url in urls.values())
    return list(dict.fromkeys(server for server in found if server))


def redirect(urls: Mapping[str, str]) -> dict[str, str]:
    """Point every URL with a host to the gate's door inside the control plane's namespace."""
    ports = {server: _FIRST_PORT + number for number, server in enumerate(_servers(urls))}
    split = {name: urlsplit(url) for name, url in urls.items()}
    servers = {name: _server(url) for name, url in split.items()}
    return {
        name: _redirected(split[name], ports[server]) if (server := servers[name]) else url
        for name, url in urls.items()
    }


def doors(urls: Mapping[str, str], namespace: str) -> list[Passage]:
    """List the passages that `redirect` counts on."""
    return [
        Passage(End(_LOOPBACK, _FIRST_PORT + number, namespace), server) for number, server in enumerate(_servers(urls))
    ]
