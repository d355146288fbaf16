"""The part of PowerDNS's HTTP API that providers use, over zones in memory."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

Sets: TypeAlias = dict[tuple[str, str], dict[str, Any]]

TOKEN = "s3cret-token"
_PREFIX = "/api/v1/servers/localhost/zones/"


class PowerDns:
    """Zones by their names, and what was asked."""

    def __init__(self, *names: str) -> None:
        self.zones: dict[str, Sets] = {f"{name}.": {} for name in names}
        self.port = 0
        self.refused = ""

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def put(self, name: str, record_type: str, *contents: str, zone: str) -> None:
        """Let something stand in a zone."""
        records = [{"content": content, "disabled": False} for content in contents]
        place = (f"{name}.", record_type)
        self.zones[f"{zone}."][place] = {"name": place[0], "type": record_type, "ttl": 60, "records": records}

    def values(self, name: str, record_type: str, zone: str) -> list[str]:
        """Give what stands at a place."""
        found = self.zones[f"{zone}."].get((f"{name}.", record_type), {"records": []})
        return sorted(record["content"] for record in found["records"])

    @contextmanager
    def served(self) -> Iterator["PowerDns"]:
        """Answer until the block ends."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.port = server.server_port
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()


def _handler(dns: PowerDns) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            zone = self._zone()
            if zone is not None:
                self._answer(200, {"kind": "Native", "rrsets": [each for each in zone.values() if each["records"]]})

        def do_PATCH(self) -> None:
            zone = self._zone()
            if zone is None:
                return
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            if dns.refused and dns.refused in json.dumps(body):
                self._answer(422, {"error": "not this one"})
                return
            for each in body["rrsets"]:
                zone[each["name"], each["type"]] = each
            self._answer(204, None)

        def _zone(self) -> Sets | None:
            name = self.path.partition("?")[0].removeprefix(_PREFIX)
            if self.headers.get("x-api-key") != TOKEN:
                self._answer(401, {"error": f"wrong key {self.headers.get('x-api-key')}"})
            elif name not in dns.zones:
                self._answer(404, {"error": "no such zone"})
            return dns.zones.get(name) if self.headers.get("x-api-key") == TOKEN else None

        def _answer(self, status: int, body: object) -> None:
            data = b"" if body is None else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the base class's own name
            """Say nothing."""

    return Handler
