"""A proxy in front of a real authority that has what Pebble lacks: renewal information (RFC 9773)."""

import base64
import json
import threading
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

import httpx
import msgspec

from tests.control_plane.certificates.pebble import Pebble
from tests.ports import free_port

_PATH = "/renewal-info/"
_PASSED_ON = ("content-type", "location", "link", "replay-nonce", "retry-after")


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What it answers whoever asks for a window."""

    body: str = ""
    status: int = HTTPStatus.OK
    headers: Mapping[str, str] = {}


class RenewalInfo:
    """The proxy; URLs in the authority's answers lead back to it, since it passes on what host was asked for."""

    def __init__(self, pebble: Pebble) -> None:
        self._pebble = pebble
        self._server = ThreadingHTTPServer(("127.0.0.1", free_port()), self._handler())
        self._server.socket = pebble.server_context().wrap_socket(self._server.socket, server_side=True)
        self._client = httpx.Client(base_url=pebble.directory.removesuffix("/dir"), verify=pebble.ssl_context())
        self.told = Told()
        self.refuses_hints = False
        """Whether orders that say what they replace are refused, as of something that was replaced before."""
        self.asked: list[str] = []
        """The certificates whose windows were asked for."""
        self.orders: list[str | None] = []
        """What each order said that it replaces."""

    @property
    def directory(self) -> str:
        """URL of the directory."""
        return f"{self._origin}/dir"

    @property
    def _origin(self) -> str:
        return f"https://localhost:{self._server.server_port}"

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Told:
        """Answer a request: itself, or as the authority does."""
        if path.startswith(_PATH):
            self.asked.append(path.removeprefix(_PATH))
            return self.told
        if path == "/order-plz":
            self.orders.append(_replaced(body))
            if self.refuses_hints and self.orders[-1] is not None:
                refusal = {"type": "urn:ietf:params:acme:error:alreadyReplaced", "detail": "It was replaced before."}
                kind = {"content-type": "application/problem+json"}
                return Told(status=HTTPStatus.CONFLICT, body=json.dumps(refusal), headers=kind)
        given = self._client.request(method, path, headers=dict(headers), content=body)
        text = self._with_renewal_info(given.text) if path == "/dir" else given.text
        passed_on = {name: given.headers[name] for name in _PASSED_ON if name in given.headers}
        return Told(status=given.status_code, body=text, headers=passed_on)

    def _with_renewal_info(self, directory: str) -> str:
        return json.dumps(json.loads(directory) | {"renewalInfo": f"{self._origin}{_PATH.rstrip('/')}"})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            """Hands requests to the proxy."""

            def do_GET(self) -> None:
                """Answer any method."""
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                headers = {"host": self.headers["Host"], "content-type": self.headers.get("Content-Type", "")}
                told = proxy.answer(self.command, self.path, headers, body)
                content = told.body.encode()
                self.send_response(told.status)
                for name, value in {**told.headers, "Content-Length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            do_HEAD = do_POST = do_GET  # noqa: N815 names of the library

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._client.close()


def _replaced(body: bytes) -> str | None:
    payload = json.loads(body)["payload"]
    hint: str | None = json.loads(base64.urlsafe_b64decode(payload + "==")).get("replaces")
    return hint
