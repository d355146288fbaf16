"""An agency's brand: name, colours, logo, host name, with a preview; and what anybody's browser fetches of it."""

from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from control_plane.agencies import colours
from control_plane.agencies.schemas import Brand, BrandChange
from control_plane.agencies.service import brands, hosts
from control_plane.core import ids, inject
from control_plane.core.database import Database
from control_plane.core.errors import FieldError, Invalid, NotFound, Refused
from control_plane.mail_domains.resolver import DnsResolver
from control_plane.settings import Settings
from web import branding
from web import inject as page
from web.cookies import PageRequest
from web.forms import faults
from web.frame import Frame
from web.i18n import gettext
from web.rendering import Answer
from web.visitor import Visitor, may

_SECTION = "brand"
_PATH = "/agency/brand"
_READ, _WRITE = [may("account:read")], [may("account:write")]
_FIELDS = {name: name for name in ("name", "accent_dark", "accent", "support", "host", "logo")}
_LONGEST = {"name": 80, "accent": 7, "accent_dark": 7, "support": 320, "host": 253}
_PUBLIC = {"x-content-type-options": "nosniff", "cache-control": "public, max-age=31536000, immutable"}
"""Their addresses change with what they show."""
_OUR_ACCENT = "#1d4fd0"


class BrandForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed."""

    name: str = ""
    accent: str = ""
    accent_dark: str = ""
    support: str = ""
    host: str = ""

    def change(self) -> BrandChange:
        """Make the change that was asked for; raises `Invalid` for what is too long."""
        given = {name: value.strip() for name, value in msgspec.structs.asdict(self).items()}
        message = gettext("This is too long.")
        errors = [FieldError(name, message) for name, most in _LONGEST.items() if len(given[name]) > most]
        if not given["name"]:
            errors.append(FieldError("name", gettext("Write the name that your clients know you by.")))
        if errors:
            raise Invalid(errors=tuple(errors))
        return BrandChange(**given)


class Shade(msgspec.Struct, frozen=True, kw_only=True):
    """A preview of a brand on light or on dark pages, in plain colours for SVG."""

    page: str
    panel: str
    ink: str
    line: str
    accent: str
    on_accent: str


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What pages will look like."""

    name: str
    logo_url: str
    shades: tuple[Shade, Shade]


@get(_PATH, guards=_READ)
async def show_brand(
    frame: page.Frame, visitor: page.Visitor, db: inject.Database, settings: inject.Settings
) -> Answer:
    """Show the brand and its preview."""
    return await _show(frame, visitor, db, settings)


@post(_PATH, guards=_WRITE)
async def change_brand(
    frame: page.Frame,
    visitor: page.Visitor,
    db: inject.Database,
    settings: inject.Settings,
    data: URLEncodedBody[BrandForm],
) -> Answer | Redirect:
    """Change the brand, or show the form again with what is wrong."""
    try:
        await brands.change(db, settings, data.change())
    except Refused as refused:
        return await _show(frame, visitor, db, settings, data, refused)
    return _done(visitor)


@get(f"{_PATH}/preview", guards=_READ)
async def preview_brand(request: PageRequest, frame: page.Frame, visitor: page.Visitor) -> Answer:
    """Show what is being typed."""
    typed = request.query_params
    made = _preview(
        typed.get("name", "") or visitor.tenant_name, typed.get("accent", ""), typed.get("accent_dark", ""), ""
    )
    return frame.part("pages/_brand_preview.html", {"preview": made})


@post(f"{_PATH}/logo", guards=_WRITE)
async def change_logo(
    request: PageRequest,
    frame: page.Frame,
    visitor: page.Visitor,
    db: inject.Database,
    settings: inject.Settings,
) -> Answer | Redirect:
    """Take another logo."""
    try:
        chosen = (await request.form()).get("logo")
        content = await chosen.read() if isinstance(chosen, UploadFile) else b""
        await brands.set_logo(db, settings, content)
    except Refused as refused:
        return await _show(frame, visitor, db, settings, None, refused)
    return _done(visitor)


@post(f"{_PATH}/logo/remove", guards=_WRITE)
async def remove_logo(visitor: page.Visitor, db: inject.Database, settings: inject.Settings) -> Redirect:
    """Go back to our logo."""
    await brands.set_logo(db, settings, None)
    return _done(visitor)


@post(f"{_PATH}/check-host", guards=_WRITE)
async def check_host(
    frame: page.Frame, visitor: page.Visitor, db: inject.Database, settings: inject.Settings, clock: inject.Clock
) -> Answer | Redirect:
    """Look the host name up now."""
    try:
        await hosts.check(db, settings, clock, DnsResolver(settings.nameservers))
    except Refused as refused:
        return await _show(frame, visitor, db, settings, None, refused)
    return _done(visitor)


@post(f"{_PATH}/reset", guards=_WRITE)
async def reset_brand(visitor: page.Visitor, db: inject.Database) -> Redirect:
    """Take the brand away."""
    await brands.reset(db)
    return _done(visitor)


@get("/brand/{file:str}", opt={"public": True})
async def style_sheet(db: inject.Database, file: FromPath[str]) -> Response[str]:
    """Give a brand's colours."""
    content = await brands.style_sheet(db, _brand_id(file.removesuffix(".css")))
    return Response(content, media_type="text/css", headers=_PUBLIC)


@get("/brand/{brand_id:str}/logo", opt={"public": True})
async def logo(db: inject.Database, brand_id: FromPath[str]) -> Response[bytes]:
    """Give a brand's logo."""
    found = await brands.logo(db, _brand_id(brand_id))
    return Response(found.content, media_type=found.media_type, headers=_PUBLIC)


async def _show(
    frame: Frame,
    visitor: Visitor,
    db: Database,
    settings: Settings,
    form: BrandForm | None = None,
    refused: Refused | None = None,
) -> Answer:
    found = await brands.find(db, settings)
    if isinstance(refused, NotFound):
        raise refused
    shown = form or _form(found, visitor.tenant_name)
    errors, problem = faults(refused, _FIELDS) if refused else ({}, "")
    context = {
        "found": found,
        "form": shown,
        "errors": errors,
        "problem": problem,
        "preview": _preview(shown.name, shown.accent, shown.accent_dark, found.logo_url if found else ""),
        "may_write": visitor.may("account:write"),
    }
    return frame.page("pages/brand.html", _SECTION, context, status_code=refused.status.value if refused else 200)


def _form(found: Brand | None, own_name: str) -> BrandForm:
    if found is None:
        return BrandForm(name=own_name[:80])
    return BrandForm(**{name: getattr(found, name) for name in BrandForm.__struct_fields__})


def _preview(name: str, accent: str, accent_dark: str, logo_url: str) -> Preview:
    light = _colour(accent) or _OUR_ACCENT
    dark = _colour(accent_dark) or colours.nearest_readable(light, colours.NIGHT)
    return Preview(
        name=name[:24],
        logo_url=logo_url,
        shades=(
            _shade("#f7f9fb", colours.PAPER, "#1b2333", "#e3e8ef", light),
            _shade("#10151f", colours.NIGHT, "#e4e9f0", "#2c3442", dark),
        ),
    )


def _colour(text: str) -> str:
    lower = text.strip().lower()
    return lower if colours.is_colour(lower) else ""


def _shade(background: str, panel: str, ink: str, line: str, accent: str) -> Shade:
    on_accent = colours.text_on(accent)
    return Shade(page=background, panel=panel, ink=ink, line=line, accent=accent, on_accent=on_accent)


def _brand_id(text: str) -> UUID:
    try:
        return ids.decode(brands.PREFIX, text)
    except ids.MalformedId as error:
        raise NotFound from error


def _done(visitor: Visitor) -> Redirect:
    branding.forget(visitor.subject.tenant_id)
    return Redirect(f"{_PATH}?done=saved", status_code=303)


HANDLERS = (
    show_brand,
    change_brand,
    preview_brand,
    change_logo,
    remove_logo,
    check_host,
    reset_brand,
    style_sheet,
    logo,
)
