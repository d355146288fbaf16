"""A sign-in provider in this process that says whatever a test wants it to say, true or not."""

import base64
import json
import re
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "fleetpost-test", "s3cret/+:"


class _InAscii(json.JSONEncoder):
    """Escapes what is not ASCII, so that a lie may hold half a character."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options | {"ensure_ascii": True})  # type: ignore[arg-type]


class IdentityProvider:
    """Answers discovery, keys and tokens; the test plays the person at its page."""

    def __init__(self, address: str) -> None:
        self.issuer = address
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.signs_with: RSAKey | OctKey | None = self.key
        self.algorithm = "RS256"
        self.lies: dict[str, object] = {}
        """Claims that differ from what they should be."""
        self.metadata_lies: dict[str, object] = {}
        self.codes: dict[str, dict[str, object]] = {}
        self.asked: list[dict[str, list[str]]] = []
        self.authorization_headers: list[str | None] = []

    def let_in(self, address: str, **claims: object) -> dict[str, str]:
        """Let a person who was sent here go back; gives what their browser brings along."""
        query = parse_qs(urlsplit(address).query)
        code = secrets.token_hex(8)
        now = int(time.time())
        self.codes[code] = {
            "iss": self.issuer,
            "aud": query["client_id"][0],
            "nonce": query["nonce"][0],
            "iat": now,
            "exp": now + 300,
        } | claims
        return {"state": query["state"][0], "code": code}

    def metadata(self) -> dict[str, object]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        } | self.metadata_lies

    def keys(self) -> dict[str, object]:
        return {"keys": [self.key.as_dict(private=False)]}

    def tokens(self, form: dict[str, list[str]]) -> dict[str, object]:
        self.asked.append(form)
        claims = self.codes.pop(form["code"][0]) | self.lies
        return {"access_token": "x", "token_type": "Bearer", "id_token": self._signed(claims)}

    def _signed(self, claims: dict[str, object]) -> str:
        if self.signs_with is None:
            parts = ({"alg": "none", "typ": "JWT"}, claims)
            return (
                ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
                + "."
            )
        header = {"alg": self.algorithm, "kid": "one"}
        return jwt.encode(header, claims, self.signs_with, algorithms=[self.algorithm], encoder_cls=_InAscii)


class _Handler(BaseHTTPRequestHandler):
    provider: IdentityProvider

    def do_GET(self) -> None:
        answers = {"/.well-known/openid-configuration": self.provider.metadata, "/keys": self.provider.keys}
        found = answers.get(self.path)
        self._answer(found() if found else None)

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        self.provider.authorization_headers.append(self.headers["authorization"])
        known = form.get("code", [""])[0] in self.provider.codes
        self._answer(self.provider.tokens(form) if known else None)

    def _answer(self, document: dict[str, object] | None) -> None:
        body = json.dumps(document).encode()
        self.send_response(200 if document is not None else 400)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's own word
        """Say nothing."""


@contextmanager
def serve() -> Generator[IdentityProvider]:
    """Run a provider in a thread."""
    handler = type("Handler", (_Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    provider = handler.provider = IdentityProvider(f"http://127.0.0.1:{server.server_port}")  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def serve_mock() -> Generator[str]:
    """Run `oidc-provider-mock`, which others wrote, in a process of its own; gives its issuer."""
    command = [sys.executable, "-m", "oidc_provider_mock", "--host", "127.0.0.1", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.STDOUT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            found = next(filter(None, (re.search(r"running on (http://\S+)", line) for line in process.stdout)))
            yield found[1]
        finally:
            process.terminate()
