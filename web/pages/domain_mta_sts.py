"""What others are told about encryption on the way to a domain (MTA-STS), as it is chosen beside its reports."""

import msgspec
from litestar import post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from control_plane.core import ids, inject
from control_plane.core.runtime import Runtime
from control_plane.domain_sites import service
from control_plane.domain_sites.policy import Mode
from control_plane.domain_sites.schemas import MtaStsChange
from control_plane.mail_domains.schemas import DnsRecord, Domain
from web.frame import Frame
from web.visitor import may

_PREFIX = "dom"


class ModeForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was chosen."""

    mode: Mode


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """A domain's policy as its page shows it."""

    mode: Mode
    record: DnsRecord
    """What announces it in DNS."""


@post("/domains/{domain_id:str}/mta-sts", guards=[may("domains:write")])
async def change_promise(runtime: inject.Runtime, domain_id: FromPath[str], data: URLEncodedBody[ModeForm]) -> Redirect:
    """Choose what others are told."""
    wanted, change = ids.decode(_PREFIX, domain_id), MtaStsChange(mode=data.mode)
    await service.change(runtime.db, runtime.settings, runtime.clock, wanted, change)
    return Redirect(f"/domains/{domain_id}/reports?done=saved#mta-sts", status_code=303)


async def promise_of(frame: Frame, runtime: Runtime, domain: Domain) -> Promise | None:
    """Give a proven domain's policy to those who may see it; None too where this platform publishes none."""
    record = next((record for record in domain.records if record.purpose == "mta_sts"), None)
    if record is None or domain.proven_at is None or not frame.may("domains:read"):
        return None
    policy = await service.get(runtime.db, runtime.settings, runtime.clock, ids.decode(_PREFIX, domain.id))
    return Promise(mode=policy.mode, record=record)


HANDLERS = (change_promise,)
