"""Bodies that hold files in base64: what is long goes to disk while the body is read, and a short mark takes its place.

So what a request takes of memory does not grow with its files. A mark is made of what it stands for and of nothing
else: the same body is the same body when it comes again. It is good within its request, and anywhere else it is only
some bytes; it is longer than anything that has a limit by characters may be, so it gets in nowhere that the file would
not have.
"""

import asyncio
import base64
import re
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Final

from litestar.enums import ScopeType
from litestar.handlers import HTTPRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPRequestEvent, Receive, ReceiveMessage, Scope, Send

from control_plane.core.base64_strings import LONG_CHARACTERS, SpooledFile, StringSpool
from control_plane.core.errors import Malformed, TooLarge
from control_plane.core.ids import TenantId
from control_plane.core.tenancy import bound_tenant
from control_plane.core.turns import Turns

TAKES_FILES: Final = {"files": True}
"""A route's `opt`: strings named `content` may be long files."""

_AT_ONCE_PER_TENANT = 8
_MARK_BYTES = 900
_MARK = b"\0 a file of this request \0"
_CONTENT_LENGTH = re.compile(rb"[0-9]{1,18}")

_files: ContextVar[Mapping[bytes, SpooledFile]] = ContextVar("spooled_files")


def file_of(content: bytes) -> SpooledFile | None:
    """Give the file that stands behind a mark of the present request."""
    return _files.get({}).get(content) if len(content) == _MARK_BYTES else None


def size_of(content: bytes) -> int:
    """Say how long something is, or the file behind it."""
    file = file_of(content)
    return len(content) if file is None else file.size


def restored(value: object) -> object:
    """Put texts back that were taken for files, wherever they stand in something that customers made up."""
    match value:
        case str():
            file = _file_of_text(value)
            return value if file is None else base64.b64encode(file.whole()).decode()
        case list():
            return [restored(each) for each in value]
        case dict():
            return {name: restored(each) for name, each in value.items()}
    return value


class SpoolFiles(ASGIMiddleware):
    """Reads the large bodies of routes that take files; stands after the authentication."""

    scopes = (ScopeType.HTTP,)

    def __init__(self) -> None:
        self._turns: Turns[TenantId] = Turns(_AT_ONCE_PER_TENANT)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass the body on without its long files; raises `TooLarge`."""
        handler = scope["route_handler"]
        if not isinstance(handler, HTTPRouteHandler) or not handler.opt.get("files") or not _may_be_long(scope):
            return await next_app(scope, receive, send)
        async with self._turns.take(bound_tenant()):
            most_bytes = handler.resolve_request_max_body_size() or 0
            with StringSpool(_mark) as spool:
                body = await _read(receive, spool, most_bytes)
                token = _files.set(spool.files)
                try:
                    await next_app(scope, _Again(body, receive), send)
                finally:
                    _files.reset(token)
        return None


class _Again:
    """Gives a body that was read, then whatever else comes."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> ReceiveMessage:
        body, self._body = self._body, None
        if body is None:
            return await self._receive()
        return HTTPRequestEvent(type="http.request", body=body, more_body=False)


def _may_be_long(scope: Scope) -> bool:
    said = next((value for name, value in scope["headers"] if name.lower() == b"content-length"), b"")
    return not _CONTENT_LENGTH.fullmatch(said) or int(said) > LONG_CHARACTERS


async def _read(receive: Receive, spool: StringSpool, most_bytes: int) -> bytes:
    parts: list[bytes] = []
    read, goes_on = 0, True
    while goes_on:
        event = await receive()
        if event["type"] != "http.request":
            raise Malformed("The connection ended before the body did.")
        read += len(event["body"])
        if read > most_bytes:
            raise TooLarge
        parts.append(spool.feed(event["body"]))
        await asyncio.sleep(0)  # who sends faster than this reads would have all others wait
        goes_on = event["more_body"]
    return b"".join([*parts, spool.end()])


def _mark(sha256: bytes, size: int) -> bytes:
    return (_MARK + size.to_bytes(8) + sha256).ljust(_MARK_BYTES, b"\0")


def _file_of_text(text: str) -> SpooledFile | None:
    if len(text) != _MARK_BYTES // 3 * 4 or not text.isascii():
        return None
    try:
        return file_of(base64.b64decode(text, validate=True))
    except ValueError:
        return None
