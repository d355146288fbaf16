"""ETags (RFC 9110 §8.8.3, §13): who read a thing can ask whether it changed, and change only what they saw.

`Entity` is the response class of `/v1`: every GET, PATCH and PUT that gives one thing (a struct that is no page)
answers with the thing's ETag, and a GET whose `If-None-Match` still fits with 304. A route just returns the thing:

    @patch("/mailboxes/{mailbox_id:str}")
    async def change_mailbox(…, if_match: IfMatch = None) -> Mailbox:
        return await service.change(db, decode(PREFIX, mailbox_id), data, if_match)

and the service compares under the row's lock with what a GET would have given just now:

    row = await queries.find(mailbox_id, lock=True)
    etag.check(if_match, view(row))

The same goes for PUT and DELETE. What changes without being edited, as a time of last use, a view names in `OBSERVED`:
a reader hears of it, but nobody's edit is refused because of it.

    class Mailbox(msgspec.Struct, frozen=True, kw_only=True):
        OBSERVED: ClassVar[frozenset[str]] = frozenset({"used_bytes"})
"""

import hashlib
import re
from http import HTTPStatus
from typing import Annotated, Any, TypeGuard, TypeVar

import msgspec
from litestar import Litestar, Request, Response
from litestar.params import HeaderParameter
from litestar.response.base import ASGIResponse

from control_plane.core.errors import Refused
from control_plane.core.pagination import Page

IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The ETag that you read.")]

Content = TypeVar("Content")

_TAG = re.compile(r'(?:W/)?"([^"]*)"')
_DIGEST_CHARACTERS = 16
_OBSERVED = "OBSERVED"
_READING = ("GET", "HEAD")
_WITH_ETAG = (*_READING, "PATCH", "PUT")


class PreconditionFailed(Refused):
    """It was changed by somebody else since you read it: read it again, then repeat your change."""

    code = "precondition_failed"
    status = HTTPStatus.PRECONDITION_FAILED


def etag_of(thing: msgspec.Struct) -> str:
    """Make a thing's ETag: a digest of what can be edited, then one of what is only observed, if there is any."""
    observed: frozenset[str] = getattr(thing, _OBSERVED, frozenset())
    fields = msgspec.structs.asdict(thing)
    edited = _digest([fields[name] for name in fields if name not in observed])
    return f'"{edited}.{_digest([fields[name] for name in fields if name in observed])}"' if observed else f'"{edited}"'


def check(if_match: str | None, thing: msgspec.Struct) -> None:
    """Raise `PreconditionFailed` unless `If-Match` is absent, `*`, or names the thing as it can be edited now.

    A weak tag counts as its strong one: proxies that compress weaken ours, which name a state and not its bytes.
    """
    if if_match is None or if_match.strip() == "*":
        return
    if _edited_part(etag_of(thing)) not in {_edited_part(tag) for tag in _tags(if_match)}:
        raise PreconditionFailed


class Entity(Response[Content]):
    """An answer that gives one thing with its ETag, or says that the reader has it already."""

    def to_asgi_response(self, app: Litestar | None, request: "Request[Any, Any, Any]", **options: Any) -> ASGIResponse:
        """Add the ETag; answer 304 where it fits `If-None-Match`."""
        if request.method not in _WITH_ETAG or not _is_one_thing(self.content):
            return super().to_asgi_response(app, request, **options)
        etag = etag_of(self.content)
        self.headers["ETag"] = etag
        wanted = request.headers.get("If-None-Match")
        if request.method in _READING and wanted is not None and _is_known(etag, wanted):
            return ASGIResponse(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": etag})
        return super().to_asgi_response(app, request, **options)


def _is_one_thing(content: object) -> TypeGuard[msgspec.Struct]:
    return isinstance(content, msgspec.Struct) and not isinstance(content, Page)


def _is_known(etag: str, if_none_match: str) -> bool:
    return if_none_match.strip() == "*" or etag.strip('"') in _tags(if_none_match)


def _tags(header: str) -> list[str]:
    return _TAG.findall(header)


def _edited_part(tag: str) -> str:
    return tag.strip('"').partition(".")[0]


def _digest(values: list[object]) -> str:
    return hashlib.sha256(msgspec.json.encode(values, enc_hook=str)).hexdigest()[:_DIGEST_CHARACTERS]
