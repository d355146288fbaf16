"""Going to another account that the visitor may look at."""

import msgspec
from litestar import post
from litestar.params import URLEncodedBody
from litestar.response import Redirect

from control_plane.accounts import service as accounts
from control_plane.core import ids, inject
from control_plane.core.errors import NotFound
from web import cookies
from web import inject as page
from web.cookies import PageRequest
from web.redirects import own_path


class SwitchForm(msgspec.Struct, frozen=True, kw_only=True):
    """Where to."""

    tenant_id: str = ""
    next: str = ""


@post("/switch")
async def switch(
    request: PageRequest,
    visitor: page.Visitor,  # noqa: ARG001  who is not signed in is led to it
    db: inject.Database,
    valkey: inject.Valkey,
    data: URLEncodedBody[SwitchForm],
) -> Redirect:
    """Have the session look at another account from now on; raises `NotFound`."""
    try:
        tenant_id = ids.decode("ten", data.tenant_id)
    except ids.MalformedId as error:
        raise NotFound from error
    await accounts.switch(db, valkey, cookies.read(request, cookies.SESSION), tenant_id)
    return Redirect(own_path(data.next or "/?done=switched"), status_code=303)


HANDLERS = (switch,)
