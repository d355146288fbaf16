"""A zone in PowerDNS, over its HTTP API; the address is the tenant's choice, so only the walled client asks there."""

import re
from collections.abc import Collection

import httpx
import msgspec

from control_plane.core.http import ForbiddenAddress, read_some
from control_plane.dns_publishing.providers.zone import (
    AWAY,
    NO_ZONE,
    NOT_DONE,
    ODD,
    REFUSED,
    Credentials,
    ProviderProblem,
    candidates,
)
from control_plane.dns_publishing.published import quoted, strings_of
from control_plane.dns_publishing.record_sets import RecordSet, gathered

_MOST_OCTETS = 8 * 1024 * 1024
_SERVER_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class _Record(msgspec.Struct, frozen=True):
    content: str
    disabled: bool = False


class _Set(msgspec.Struct, frozen=True):
    name: str
    type: str
    ttl: int = 3600
    records: list[_Record] = []


class _ZoneAnswer(msgspec.Struct, frozen=True):
    rrsets: list[_Set]


class PowerDnsZone:
    """A zone whose sets are replaced whole."""

    def __init__(self, client: httpx.AsyncClient, url: str, token: str, apex: str) -> None:
        self._client, self._url, self._token = client, url, token
        self.apex = apex

    async def read(self, names: Collection[str]) -> list[RecordSet]:
        """Read the zone and keep what is at these names."""
        status, body = await _ask(self._client, "GET", f"{self._url}/{self.apex}.", self._token)
        if status != httpx.codes.OK:
            raise ProviderProblem(REFUSED if status in (401, 403) else NO_ZONE)
        try:
            zone = msgspec.json.decode(body, type=_ZoneAnswer)
        except msgspec.DecodeError as error:
            raise ProviderProblem(ODD) from error
        records = [
            (each.name, each.type, record.content, each.ttl)
            for each in zone.rrsets
            for record in each.records
            if not record.disabled
        ]
        return [each for each in gathered(records) if each.name in names]

    async def write(self, before: RecordSet, after: RecordSet) -> None:  # noqa: ARG002 sets are replaced whole here
        """Replace the set, or delete it when nothing is to be left."""
        change: dict[str, object] = {
            "name": f"{after.name}.",
            "type": after.type,
            "ttl": after.ttl_seconds,
            "changetype": "REPLACE" if after.values else "DELETE",
            "records": [{"content": _presented(after.type, value), "disabled": False} for value in after.values],
        }
        body = msgspec.json.encode({"rrsets": [change]})
        status, _ = await _ask(self._client, "PATCH", f"{self._url}/{self.apex}.", self._token, body)
        if not httpx.codes.is_success(status):
            raise ProviderProblem(REFUSED if status in (401, 403) else NOT_DONE)


async def open_powerdns(client: httpx.AsyncClient, credentials: Credentials, domain: str) -> PowerDnsZone:
    """Find the nearest zone that PowerDNS has for a domain; raises `ProviderProblem`."""
    server_id = credentials.get("server_id") or "localhost"
    if not _SERVER_ID.fullmatch(server_id):
        raise ProviderProblem("The server ID has letters, digits, dots and hyphens: it is mostly localhost.")
    url = f"{_base(credentials['server'])}/api/v1/servers/{server_id}/zones"
    for apex in candidates(domain):
        status, _ = await _ask(client, "GET", f"{url}/{apex}.?rrsets=false", credentials["token"])
        if status == httpx.codes.OK:
            return PowerDnsZone(client, url, credentials["token"], apex)
        if status in (401, 403):
            raise ProviderProblem(REFUSED)
    raise ProviderProblem(NO_ZONE)


def _base(server: str) -> str:
    try:
        url = httpx.URL(server)
    except httpx.InvalidURL as error:
        raise ProviderProblem("Give the API's address, as in https://ns1.example.com:8081.") from error
    if url.scheme not in ("https", "http") or not url.host or url.userinfo or url.query or url.fragment:
        raise ProviderProblem("Give the API's address, as in https://ns1.example.com:8081.")
    return str(url).rstrip("/").removesuffix("/api/v1")


async def _ask(client: httpx.AsyncClient, method: str, url: str, token: str, body: bytes = b"") -> tuple[int, bytes]:
    headers = {"X-API-Key": token, "Content-Type": "application/json", "Accept-Encoding": "identity"}
    try:
        async with client.stream(method, url, content=body or None, headers=headers) as answer:
            return answer.status_code, await read_some(answer, _MOST_OCTETS)
    except ForbiddenAddress as error:
        raise ProviderProblem("The API is not at an https:// address on the public internet.") from error
    except httpx.HTTPError as error:
        raise ProviderProblem(AWAY, temporary=True) from error


def _presented(kind: str, value: str) -> str:
    if kind == "TXT":
        return " ".join(map(quoted, strings_of(value)))
    return f"{value.removesuffix('.')}." if kind in ("CNAME", "MX", "SRV") else value
