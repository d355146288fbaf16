"""`/v1/certificates`: order certificates or upload one's own, renew and revoke them; and what authorities look for."""

from litestar import MediaType, Response, delete, get, post, put
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from control_plane.certificates import service
from control_plane.certificates.prober import PATH
from control_plane.certificates.schemas import PREFIX, Certificate, NewCertificate, OwnCertificate, Revocation
from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.errors import FieldError, Invalid, NotFound
from control_plane.core.etag import IfMatch
from control_plane.core.ids import decode
from control_plane.core.pagination import LIMIT_DEFAULT, After, Limit, Page, cursor
from control_plane.nodes.schemas import IN_FORCE

_READ, _WRITE = [requires("certificates:read")], [requires("certificates:write")]
_EITHER = "Give either names to order a certificate for, or chain and private_key of your own."


@get("/certificates", guards=_READ)
async def list_certificates(
    db: inject.Database, limit: Limit = LIMIT_DEFAULT, after: After = None
) -> Page[Certificate]:
    """List your certificates, newest first."""
    return await service.list_certificates(db, cursor(PREFIX, after), limit)


@post("/certificates", guards=_WRITE, opt=IN_FORCE)
async def create_certificate(runtime: inject.Runtime, data: JSONBody[NewCertificate]) -> Certificate:
    """Order a certificate for names, or upload one of your own, which is served at once.

    Names of your domains that point to us get theirs without being asked for.
    """
    if data.chain is not None and data.private_key is not None and not data.names:
        return await service.add(runtime, OwnCertificate(chain=data.chain, private_key=data.private_key))
    if not data.names or data.chain is not None or data.private_key is not None:
        raise Invalid(errors=(FieldError("names", _EITHER),))
    return await service.order(runtime, data.names)


@get("/certificates/{certificate_id:str}", guards=_READ)
async def get_certificate(db: inject.Database, certificate_id: FromPath[str]) -> Certificate:
    """Give a certificate; its private key stays here."""
    return await service.get(db, decode(PREFIX, certificate_id))


@put("/certificates/{certificate_id:str}", guards=_WRITE, opt=IN_FORCE)
async def replace_certificate(
    runtime: inject.Runtime, certificate_id: FromPath[str], data: JSONBody[OwnCertificate], if_match: IfMatch = None
) -> Certificate:
    """Put a newer certificate in the place of one that you uploaded."""
    return await service.replace(runtime, decode(PREFIX, certificate_id), data, if_match)


@post("/certificates/{certificate_id:str}/renew", status_code=202, guards=_WRITE)
async def renew_certificate(runtime: inject.Runtime, certificate_id: FromPath[str]) -> Certificate:
    """Renew a certificate now, or try again for one that failed."""
    return await service.renew(runtime, decode(PREFIX, certificate_id))


@post("/certificates/{certificate_id:str}/revoke", status_code=200, guards=_WRITE, opt=IN_FORCE)
async def revoke_certificate(
    runtime: inject.Runtime, certificate_id: FromPath[str], data: JSONBody[Revocation]
) -> Certificate:
    """Revoke a certificate at its authority; unless it is given up, one with a new key is made at once."""
    async with service.opened(runtime) as means:
        return await service.revoke(means, decode(PREFIX, certificate_id), data.reason)


@delete("/certificates/{certificate_id:str}", guards=_WRITE, opt=IN_FORCE)
async def delete_certificate(runtime: inject.Runtime, certificate_id: FromPath[str], if_match: IfMatch = None) -> None:
    """Delete a certificate; it is served no more."""
    await service.delete(runtime, decode(PREFIX, certificate_id), if_match)


@get(PATH + "{token:str}", media_type=MediaType.TEXT, include_in_schema=False)
async def answer_authority(db: inject.Database, token: FromPath[str]) -> Response[str]:
    """Answer an authority that looks whether a name is ours (RFC 8555 §8.3), at whatever host it asks."""
    answer = await service.answer_of(db, token)
    if answer is None:
        raise NotFound
    return Response(answer, media_type=MediaType.TEXT)


HANDLERS: list[ControllerRouterHandler] = [
    list_certificates,
    create_certificate,
    get_certificate,
    replace_certificate,
    renew_certificate,
    revoke_certificate,
    delete_certificate,
]
OPEN_HANDLERS: list[ControllerRouterHandler] = [answer_authority]
