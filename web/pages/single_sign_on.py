"""The account's own sign-in provider: named, tried, enforced, removed."""

import msgspec
from litestar import get, post
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect

from control_plane.accounts.schemas import Role
from control_plane.accounts.service import providers
from control_plane.accounts.service.providers import Provider, ProviderChange
from control_plane.core.errors import Refused
from web import inject as page
from web.cookies import PageRequest, runtime_of
from web.forms import faults
from web.frame import Frame
from web.i18n import gettext
from web.pages.provider_sign_in import callback_url
from web.reauthentication import recently_signed_in
from web.rendering import Answer
from web.roles import LABELS
from web.visitor import Visitor, may

_PATH = "/settings/single-sign-on"
_SECTION = "single-sign-on"
_FIELDS = {name: name for name in ("issuer", "client_id", "client_secret", "email_domains", "default_role", "enforced")}


class ProviderForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed."""

    issuer: str = ""
    client_id: str = ""
    client_secret: str = ""
    email_domains: list[str] | str = []
    """One box that is ticked comes as text."""
    default_role: Role = "support"
    enforced: str = ""

    @property
    def domains(self) -> tuple[str, ...]:
        """Give the boxes that are ticked."""
        return (self.email_domains,) if isinstance(self.email_domains, str) else tuple(self.email_domains)

    def change(self) -> ProviderChange:
        """Give what was asked for."""
        return ProviderChange(
            issuer=self.issuer,
            client_id=self.client_id,
            client_secret=self.client_secret.strip(),
            email_domains=self.domains,
            default_role=self.default_role,
            enforced=bool(self.enforced),
        )


@get(_PATH, guards=[may("account:read")])
async def show_single_sign_on(
    request: PageRequest, frame: page.Frame, visitor: page.Visitor, tried: FromQuery[str] = ""
) -> Answer:
    """Show the provider, or the form to name one."""
    kept = await providers.get_provider(runtime_of(request).db)
    return await _page(request, frame, visitor, _filled(kept), kept, tried=bool(tried))


@post(_PATH, guards=[may("account:write"), recently_signed_in])
async def save_provider(
    request: PageRequest, frame: page.Frame, visitor: page.Visitor, data: URLEncodedBody[ProviderForm]
) -> Answer | Redirect:
    """Name or change the provider, or show the form again with what is wrong."""
    runtime = runtime_of(request)
    try:
        await providers.save_provider(runtime.db, runtime.vault, runtime.http, data.change())
    except Refused as refused:
        kept = await providers.get_provider(runtime.db)
        return await _page(request, frame, visitor, data, kept, refused=refused)
    return Redirect(f"{_PATH}?done=saved", status_code=303)


@post(f"{_PATH}/try", guards=[may("account:write")])
async def try_provider(request: PageRequest, frame: page.Frame, visitor: page.Visitor) -> Answer | Redirect:
    """Ask the provider who it is and for its keys."""
    runtime = runtime_of(request)
    kept = await providers.get_provider(runtime.db)
    if kept is None:
        return Redirect(_PATH, status_code=303)
    try:
        await providers.try_provider(runtime.http, kept.issuer)
    except Refused as refused:
        return await _page(request, frame, visitor, _filled(kept), kept, refused=refused)
    return Redirect(f"{_PATH}?tried=yes", status_code=303)


@post(f"{_PATH}/remove", guards=[may("account:write"), recently_signed_in])
async def remove_provider(request: PageRequest) -> Redirect:
    """Remove the provider; people sign in by themselves again."""
    await providers.delete_provider(runtime_of(request).db)
    return Redirect(f"{_PATH}?done=deleted", status_code=303)


def _filled(kept: Provider | None) -> ProviderForm:
    if kept is None:
        return ProviderForm()
    return ProviderForm(
        issuer=kept.issuer,
        client_id=kept.client_id,
        email_domains=list(kept.email_domains),
        default_role=kept.default_role,
        enforced="yes" if kept.enforced else "",
    )


async def _page(
    request: PageRequest,
    frame: Frame,
    visitor: Visitor,
    form: ProviderForm,
    kept: Provider | None,
    *,
    refused: Refused | None = None,
    tried: bool = False,
) -> Answer:
    errors, problem = faults(refused, _FIELDS) if refused is not None else ({}, "")
    context = {
        "provider": kept,
        "form": form,
        "errors": errors,
        "problem": problem,
        "may_write": visitor.may("account:write"),
        "tried": tried and kept is not None,
        "domains": await providers.nameable_domains(runtime_of(request).db),
        "roles": [(role, gettext(LABELS[role])) for role in providers.ROLES],
        "callback": callback_url(request),
    }
    status = refused.status.value if refused is not None else 200
    return frame.page("pages/single_sign_on.html", _SECTION, context, status_code=status)


HANDLERS = (show_single_sign_on, save_provider, try_provider, remove_provider)
