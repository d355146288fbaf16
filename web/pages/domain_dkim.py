"""The keys that a domain's mail is signed with: their lives, and how they are published and replaced."""

from typing import Literal
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from control_plane.core import ids, inject
from control_plane.core.errors import FieldError, Invalid, Refused
from control_plane.core.runtime import Runtime
from control_plane.mail_domains import service
from control_plane.mail_domains.dkim_schemas import DkimChange
from web import dkim_words
from web import inject as page
from web.forms import faults
from web.frame import Frame
from web.rendering import Answer
from web.visitor import may

_SECTION = "domains"
_PREFIX = "dom"
_READ, _WRITE = [may("domains:read")], [may("domains:write")]
_INTERVALS = (90, 180, 365)


class RotationForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was ticked."""

    compromised: str = ""


class KeepingForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was chosen; no days: by hand only."""

    mode: Literal["cname", "txt"]
    rotate_days: str = ""


@get("/domains/{domain_id:str}/dkim", guards=_READ)
async def show_keys(frame: page.Frame, runtime: inject.Runtime, domain_id: FromPath[str]) -> Answer:
    """Show the keys."""
    return await _page(frame, runtime, ids.decode(_PREFIX, domain_id))


@post("/domains/{domain_id:str}/dkim/rotate", guards=_WRITE)
async def rotate_keys(
    frame: page.Frame, runtime: inject.Runtime, domain_id: FromPath[str], data: URLEncodedBody[RotationForm]
) -> Answer | Redirect:
    """Begin to replace the keys."""
    wanted = ids.decode(_PREFIX, domain_id)
    try:
        await service.rotate_dkim(service.keeper(runtime), wanted, compromised=bool(data.compromised))
    except Refused as refused:
        return await _page(frame, runtime, wanted, refused=refused)
    return Redirect(f"/domains/{domain_id}/dkim?done=rotation-begun", status_code=303)


@post("/domains/{domain_id:str}/dkim", guards=_WRITE)
async def change_keeping(
    frame: page.Frame, runtime: inject.Runtime, domain_id: FromPath[str], data: URLEncodedBody[KeepingForm]
) -> Answer | Redirect:
    """Say how keys are published and replaced."""
    wanted = ids.decode(_PREFIX, domain_id)
    try:
        change = DkimChange(mode=data.mode, rotate_days=_days(data.rotate_days))
        await service.change_dkim(service.keeper(runtime), wanted, change)
    except Refused as refused:
        return await _page(frame, runtime, wanted, refused=refused)
    return Redirect(f"/domains/{domain_id}/dkim?done=saved", status_code=303)


def _days(text: str) -> int | None:
    """Read the interval; raises `Invalid` for what the form does not offer."""
    if text not in ("", *map(str, _INTERVALS)):
        raise Invalid(errors=(FieldError("rotate_days", "Choose one of the intervals."),))
    return int(text) if text else None


async def _page(frame: Frame, runtime: Runtime, domain_id: UUID, *, refused: Refused | None = None) -> Answer:
    keys = await service.dkim_keys_of(runtime.db, runtime.settings, domain_id)
    domain = await service.get(runtime.db, runtime.settings, domain_id)
    context = {
        "domain": domain,
        "keys": keys,
        "lines": dkim_words.lines(keys),
        "intervals": sorted({*_INTERVALS, *([keys.rotate_days] if keys.rotate_days else [])}),
        "delegated": [record for record in domain.records if record.purpose == "dkim" and record.type == "CNAME"],
        "problem": faults(refused, {})[1] if refused else "",
    }
    return frame.page("pages/domain_dkim.html", _SECTION, context, status_code=refused.status.value if refused else 200)


HANDLERS = (show_keys, rotate_keys, change_keeping)
