"""A real object store that speaks S3 (SeaweedFS), with one bucket and one key."""

import json
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import obstore
import obstore.store
from obstore.exceptions import BaseError

from tests.ports import free_port

KEY_ID, SECRET = "fleetpost-test", "not-a-secret"
BUCKET = "blobs"
_START_SECONDS = 90


@contextmanager
def object_store(home: Path) -> Generator[str]:
    """Run it; gives what `FLEETPOST_BLOBS` would be set to."""
    credentials = [{"accessKey": KEY_ID, "secretKey": SECRET}]
    identity = {"name": "test", "credentials": credentials, "actions": ["Admin", "Read", "Write", "List"]}
    keys = home / "keys.json"
    keys.write_text(json.dumps({"identities": [identity]}))
    names = ("master", "volume", "filer", "s3")
    ports = {f"{name}.port{kind}": free_port() for name in names for kind in ("", ".grpc")}
    command = [
        f"{Path(sys.executable).parent}/weed",
        "server",
        f"-dir={home}",
        "-ip=127.0.0.1",
        "-s3",
        f"-s3.config={keys}",
        "-master.volumeSizeLimitMB=64",
        "-volume.max=20",
        "-volume.minFreeSpace=0",
        f"-filer.localSocket={home}/filer.sock",
        *(f"-{name}={port}" for name, port in ports.items()),
    ]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    try:
        endpoint = f"http://127.0.0.1:{ports['s3.port']}"
        _make_bucket(endpoint, server, home / "log")
        yield f"s3://{KEY_ID}:{SECRET}@{BUCKET}/under?endpoint={endpoint}"
    finally:
        server.kill()
        server.wait()


def _make_bucket(endpoint: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    ends = time.monotonic() + _START_SECONDS
    while True:
        try:
            _create(endpoint)
        except (httpx.HTTPError, BaseError):
            assert server.poll() is None, log.read_text()[-4000:]
            assert time.monotonic() < ends, log.read_text()[-4000:]
            time.sleep(0.1)
        else:
            return


def _create(endpoint: str) -> None:
    """Make the bucket by a signed address (obstore makes none itself), and see that something can be kept in it."""
    above = obstore.store.S3Store(
        BUCKET,
        endpoint=endpoint,
        access_key_id=KEY_ID,
        secret_access_key=SECRET,
        region="us-east-1",
        client_options={"allow_http": True},
        retry_config={"max_retries": 0},
    )
    address = obstore.sign(above, "PUT", "", timedelta(seconds=60))
    httpx.put(address, trust_env=False).raise_for_status()
    obstore.put(above, "ready", b"yes")
