"""Pebble, a real ACME server, which asks our DNS and takes a port of ours for port 80."""

import json
import os
import ssl
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from e2e.lab.authority import Authority
from e2e.lab.commands import wait_until
from tests.ports import free_port


class Pebble:
    """The server; what it knew is gone when it starts again."""

    def __init__(self, home: Path, http_port: int, dns_port: int) -> None:
        self._home = home
        self._authority = Authority(home / "ca")
        self._authority.prepare()
        self._ports = {name: free_port() for name in ("acme", "management")}
        self._dns_port = dns_port
        self._process: subprocess.Popen[bytes] | None = None
        self.http_port = http_port

    @property
    def directory(self) -> str:
        """URL of the directory."""
        return f"https://localhost:{self._ports['acme']}/dir"

    @property
    def ca_file(self) -> str:
        """What its own TLS is checked with."""
        return str(self._authority.certificate)

    def start(self, env: Mapping[str, str] | None = None, *, eab: Mapping[str, str] | None = None) -> None:
        """Start it; environment variables are Pebble's own switches, `eab` the external accounts that it asks for."""
        config = self._home / "pebble.json"
        certificate, key = self._authority.issue("localhost")
        settings = {
            "listenAddress": f"127.0.0.1:{self._ports['acme']}",
            "managementListenAddress": f"127.0.0.1:{self._ports['management']}",
            "certificate": str(certificate),
            "privateKey": str(key),
            "httpPort": self.http_port,
            "tlsPort": free_port(),
            "externalAccountBindingRequired": eab is not None,
            "externalAccountMACKeys": eab or {},
        }
        config.write_text(json.dumps({"pebble": settings}))
        dns = f"127.0.0.1:{self._dns_port}"
        switches = {"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0", "PEBBLE_AUTHZREUSE": "0"} | dict(env or {})
        self._run(["pebble", "-config", str(config), "-dnsserver", dns], switches)
        wait_until(self._answers, "Pebble answers", seconds=20)

    def _run(self, argv: list[str], env: dict[str, str]) -> None:
        with (self._home / "pebble.log").open("ab") as log:
            self._process = subprocess.Popen(argv, env=os.environ | env, stdout=log, stderr=log)

    def _answers(self) -> bool:
        try:
            return httpx.get(self.directory, verify=self.ssl_context()).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def ssl_context(self) -> ssl.SSLContext:
        """Trust its own TLS."""
        return ssl.create_default_context(cafile=self.ca_file)

    def server_context(self) -> ssl.SSLContext:
        """Show the certificate that it shows."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self._authority.issue("localhost"))
        return context

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def restart(self, env: Mapping[str, str] | None = None, *, eab: Mapping[str, str] | None = None) -> None:
        """Start again with an empty memory."""
        self.stop()
        self.start(env, eab=eab)

    def root(self) -> bytes:
        """Give the root that it issues from."""
        url = f"https://localhost:{self._ports['management']}/roots/0"
        return httpx.get(url, verify=self.ssl_context()).content

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
