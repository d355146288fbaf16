"""From a setting to the place where blobs lie."""

from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from control_plane.core.blobs.directory import DirectoryStore
from control_plane.core.blobs.s3 import S3Store
from control_plane.core.blobs.store import Store

_S3_OPTIONS = frozenset({"endpoint", "region"})


class BadBlobsSetting(ValueError):
    """`FLEETPOST_BLOBS` is neither a directory nor `s3://[key:secret@]bucket[/prefix][?endpoint=…&region=…]`."""

    def __init__(self) -> None:
        super().__init__(type(self).__doc__)  # without the value: it may hold a secret


def open_store(setting: str) -> Store:
    """Open what the setting names; raises `BadBlobsSetting`."""
    if "://" not in setting:
        return DirectoryStore(Path(setting).absolute())
    url = urlsplit(setting)
    options = parse_qs(url.query)
    if url.scheme != "s3" or not url.hostname or not options.keys() <= _S3_OPTIONS:
        raise BadBlobsSetting
    return S3Store(
        url.hostname,
        prefix=url.path.strip("/"),
        endpoint=options.get("endpoint", [None])[0],
        region=options.get("region", ["us-east-1"])[0] or "us-east-1",
        access_key_id=None if url.username is None else unquote(url.username),
        secret_access_key=None if url.password is None else unquote(url.password),
    )
