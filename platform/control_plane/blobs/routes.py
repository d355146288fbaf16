"""The address where nodes fetch the files of messages that they are to send, with their own credential."""

import re
from collections.abc import Mapping

from litestar import Request, get
from litestar.datastructures import State
from litestar.params import FromPath
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from control_plane.blobs import service
from control_plane.core import inject
from control_plane.core.auth import Subject
from control_plane.core.errors import NotFound
from control_plane.core.ids import decode, from_bare
from control_plane.nodes import service as nodes
from tenant_agent import wire

_FROM = re.compile(r"bytes=([0-9]{1,18})-")


@get(f"{wire.FILES_PATH}/{{tenant_id:str}}/{{message_id:str}}/{{file_id:str}}", include_in_schema=False)
async def give_file(
    request: Request[Subject | None, None, State],
    db: inject.Database,
    blobs: inject.Blobs,
    tenant_id: FromPath[str],
    message_id: FromPath[str],
    file_id: FromPath[str],
) -> Stream:
    """Give a file, all of it or, asked for a `Range`, from a place to its end."""
    scheme, _, credential = request.headers.get("authorization", "").partition(" ")
    node = await nodes.authenticate(db, credential.strip() if scheme.lower() == "bearer" else "")
    tenant, message = decode("ten", tenant_id), decode("msg", message_id)
    blob = await service.give_to_node(db, node.id, tenant, message, from_bare(file_id))
    if blob is None:
        raise NotFound
    start = _start(request.headers, blob.size)
    headers = {"Content-Range": f"bytes {start}-{blob.size - 1}/{blob.size}"} if start else {}
    return Stream(
        blobs.get(blob, start),
        status_code=206 if start else 200,
        media_type="application/octet-stream",
        headers={"Content-Length": str(blob.size - start), "Cache-Control": "no-store", **headers},
    )


def _start(headers: Mapping[str, str], size: int) -> int:
    """Give where to begin; a range that is none is no range (RFC 9110 §14.2)."""
    wanted = _FROM.fullmatch(headers.get("range", ""))
    start = int(wanted[1]) if wanted else 0
    return start if start < size else 0


AGENT_HANDLERS: list[ControllerRouterHandler] = [give_file]
