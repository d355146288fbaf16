"""Certificates: all of them, those of one domain, and one with what can be done with it."""

from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from control_plane.certificates import service
from control_plane.certificates.schemas import PREFIX, OwnCertificate, Reason
from control_plane.core import ids, inject
from control_plane.core.body import field_errors
from control_plane.core.errors import FleetpostError, Invalid, Refused, Unavailable
from control_plane.core.languages import mark
from control_plane.core.runtime import Runtime
from control_plane.mail_domains import service as mail_domains
from web import inject as page
from web import tables
from web.certificate_words import line
from web.cookies import PageRequest
from web.forms import faults
from web.frame import Frame
from web.rendering import Answer
from web.tables import Column, Table
from web.visitor import may

_SECTION = "certificates"
_PER_PAGE = 50
_READ, _WRITE = [may("certificates:read")], [may("certificates:write")]
_COLUMNS = (Column(mark("Names")), Column(mark("Valid until"), wide=True), Column(mark("Status"), end=True))
_FIELDS = {"names": "names", "chain": "chain", "private_key": "private_key"}
_MOST_NAMES = 10


class OrderForm(msgspec.Struct, frozen=True, kw_only=True):
    """The names that were typed, one a line or between commas."""

    names: str = ""

    def listed(self) -> list[str]:
        """Give them one by one."""
        return self.names.replace(",", " ").split()


class UploadForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was pasted."""

    chain: str = ""
    private_key: str = ""

    def own(self) -> OwnCertificate:
        """Make what was pasted a certificate; raises `Invalid`."""
        given = {"chain": self.chain, "private_key": self.private_key}
        errors = field_errors(given, OwnCertificate)
        if errors:
            raise Invalid(errors=tuple(errors))
        return OwnCertificate(**given)


class RevokeForm(msgspec.Struct, frozen=True, kw_only=True):
    """Why it is revoked."""

    reason: Reason


@get("/certificates", guards=_READ)
async def show_certificates(request: PageRequest, frame: page.Frame, runtime: inject.Runtime) -> Answer:
    """Show the list."""
    return await _list(frame, runtime, after=tables.read(request, ()).get("after"))


@post("/certificates/order", guards=_WRITE)
async def order_certificate(
    frame: page.Frame, runtime: inject.Runtime, data: URLEncodedBody[OrderForm]
) -> Answer | Redirect:
    """Order one, or show the form again with what is wrong."""
    try:
        made = await service.order(runtime, data.listed()[: _MOST_NAMES + 1])
    except Refused as refused:
        return await _list(frame, runtime, typed=data, refused=refused)
    return Redirect(f"/certificates/{made.id}?done=certificate-ordered", status_code=303)


@post("/certificates/upload", guards=_WRITE)
async def upload_certificate(
    frame: page.Frame, runtime: inject.Runtime, data: URLEncodedBody[UploadForm]
) -> Answer | Redirect:
    """Take one's own, or show the form again with what is wrong; the key is not shown again."""
    try:
        made = await service.add(runtime, data.own())
    except Refused as refused:
        return await _list(frame, runtime, pasted=data, refused=refused)
    return Redirect(f"/certificates/{made.id}?done=certificate-uploaded", status_code=303)


@get("/certificates/{certificate_id:str}", guards=_READ)
async def show_certificate(frame: page.Frame, runtime: inject.Runtime, certificate_id: FromPath[str]) -> Answer:
    """Show one."""
    return await _one(frame, runtime, ids.decode(PREFIX, certificate_id))


@post("/certificates/{certificate_id:str}/renew", guards=_WRITE)
async def renew_certificate(
    frame: page.Frame, runtime: inject.Runtime, certificate_id: FromPath[str]
) -> Answer | Redirect:
    """Renew it, or try again."""
    wanted = ids.decode(PREFIX, certificate_id)
    try:
        await service.renew(runtime, wanted)
    except Refused as refused:
        return await _one(frame, runtime, wanted, refused=refused)
    return Redirect(f"/certificates/{certificate_id}?done=certificate-ordered", status_code=303)


@post("/certificates/{certificate_id:str}/replace", guards=_WRITE)
async def replace_certificate(
    frame: page.Frame, runtime: inject.Runtime, certificate_id: FromPath[str], data: URLEncodedBody[UploadForm]
) -> Answer | Redirect:
    """Put a newer one in its place."""
    wanted = ids.decode(PREFIX, certificate_id)
    try:
        await service.replace(runtime, wanted, data.own())
    except Refused as refused:
        return await _one(frame, runtime, wanted, pasted=data, refused=refused)
    return Redirect(f"/certificates/{certificate_id}?done=certificate-uploaded", status_code=303)


@post("/certificates/{certificate_id:str}/revoke", guards=_WRITE)
async def revoke_certificate(
    frame: page.Frame, runtime: inject.Runtime, certificate_id: FromPath[str], data: URLEncodedBody[RevokeForm]
) -> Answer | Redirect:
    """Revoke it."""
    wanted = ids.decode(PREFIX, certificate_id)
    try:
        async with service.opened(runtime) as means:
            await service.revoke(means, wanted, data.reason)
    except (Refused, Unavailable) as refused:
        return await _one(frame, runtime, wanted, refused=refused)
    return Redirect(f"/certificates/{certificate_id}?done=certificate-revoked", status_code=303)


@post("/certificates/{certificate_id:str}/delete", guards=_WRITE)
async def delete_certificate(
    frame: page.Frame, runtime: inject.Runtime, certificate_id: FromPath[str]
) -> Answer | Redirect:
    """Delete it."""
    wanted = ids.decode(PREFIX, certificate_id)
    try:
        await service.delete(runtime, wanted)
    except Refused as refused:
        return await _one(frame, runtime, wanted, refused=refused)
    return Redirect("/certificates?done=deleted", status_code=303)


@get("/domains/{domain_id:str}/certificates", guards=_READ)
async def show_certificates_of_domain(frame: page.Frame, runtime: inject.Runtime, domain_id: FromPath[str]) -> Answer:
    """Show those of one domain."""
    domain = await mail_domains.get(runtime.db, runtime.settings, ids.decode("dom", domain_id))
    listed = await service.list_certificates(runtime.db, None, _PER_PAGE, domain=domain.name)
    now = runtime.clock.now()
    context = {
        "domain": domain,
        "lines": [line(certificate, now) for certificate in listed.data],
        "table": Table(f"/domains/{domain_id}/certificates", _COLUMNS),
    }
    return frame.page("pages/domain_certificates.html", "domains", context)


async def _list(
    frame: Frame,
    runtime: Runtime,
    *,
    after: str | None = None,
    typed: OrderForm | None = None,
    pasted: UploadForm | None = None,
    refused: Refused | None = None,
) -> Answer:
    start = ids.decode(PREFIX, after) if after else None
    listed = await service.list_certificates(runtime.db, start, _PER_PAGE)
    now = runtime.clock.now()
    is_operator = frame.may("fleet:read")
    errors, problem = faults(refused, _FIELDS) if refused else ({}, "")
    context = {
        "lines": [line(certificate, now) for certificate in listed.data],
        "table": Table("/certificates", _COLUMNS, given={"after": after} if after else {}, next=listed.next),
        "authorities": await service.authorities(runtime.db, runtime.settings) if is_operator else [],
        "can_order": bool(runtime.settings.acme.directories),
        "order": typed or OrderForm(),
        "pasted": pasted or UploadForm(),
        "is_pasting": pasted is not None,
        "errors": errors,
        "problem": problem,
    }
    return frame.page("pages/certificates.html", _SECTION, context, status_code=_status(refused))


async def _one(
    frame: Frame,
    runtime: Runtime,
    certificate_id: UUID,
    *,
    pasted: UploadForm | None = None,
    refused: FleetpostError | None = None,
) -> Answer:
    certificate = await service.get(runtime.db, certificate_id)
    errors, problem = faults(refused, _FIELDS) if refused else ({}, "")
    context = {
        "line": line(certificate, runtime.clock.now()),
        "certificate": certificate,
        "pasted": pasted or UploadForm(),
        "is_pasting": pasted is not None,
        "errors": errors,
        "problem": problem,
    }
    return frame.page("pages/certificate.html", _SECTION, context, status_code=_status(refused))


def _status(refused: FleetpostError | None) -> int:
    return 200 if refused is None else refused.status.value


HANDLERS = (
    show_certificates,
    order_certificate,
    upload_certificate,
    show_certificate,
    renew_certificate,
    replace_certificate,
    revoke_certificate,
    delete_certificate,
    show_certificates_of_domain,
)
