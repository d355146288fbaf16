"""Between the page's script and us: what the browser's passkeys are asked for, and what came back in the form."""

import msgspec
from litestar import MediaType, Response

from control_plane.accounts.factors.passkeys import Site
from control_plane.accounts.service.passkeys import Answer, Asked
from web import cookies
from web.cookies import PageRequest


class PasskeyForm(msgspec.Struct, frozen=True, kw_only=True):
    """What the script filled in."""

    credential: str = ""
    name: str = ""
    next: str = ""


def site_of(request: PageRequest) -> Site:
    """Give whom passkeys are made for."""
    return Site.at(cookies.runtime_of(request).settings.public_url)


def asking(request: PageRequest, asked: Asked) -> Response[str]:
    """Answer the script with what to ask for; the cookie says which browser was asked."""
    cookie = cookies.cookie(request, cookies.PASSKEY, asked.handle)
    headers = {"cache-control": "no-store"}
    return Response(asked.options, media_type=MediaType.JSON, cookies=[cookie], headers=headers, status_code=200)


def answered(request: PageRequest, form: PasskeyForm) -> Answer:
    """Give what the browser answered."""
    return Answer(handle=cookies.read(request, cookies.PASSKEY), credential=form.credential)
