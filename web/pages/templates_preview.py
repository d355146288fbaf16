"""The preview beside the editor: rendered as one types, shown in a frame that may do nothing."""

from functools import cache

from litestar import MediaType, Response, get, post
from litestar.params import FromPath, URLEncodedBody

from control_plane.core import inject
from control_plane.core.errors import NotFound, Refused
from control_plane.templates import service
from control_plane.templates.schemas import Preview
from control_plane.templates.starters import STARTERS
from web import inject as page
from web import mail_preview
from web.forms import faults
from web.pages.template_form import BODY_MAX_BYTES, FIELDS, TemplateForm
from web.pages.templates import PATH, READ
from web.rate_limit import limit_by_visitor
from web.rendering import Answer

_OFTEN = limit_by_visitor("preview", per_minute=120, burst=60)
"""More than one person types."""


@post(f"{PATH}/preview", guards=[*READ, _OFTEN], status_code=200, request_max_body_size=BODY_MAX_BYTES)
async def preview_template(
    frame: page.Frame,
    visitor: page.Visitor,
    db: inject.Database,
    valkey: inject.Valkey,
    data: URLEncodedBody[TemplateForm],
) -> Answer:
    """Show what is being typed, or what is wrong with it."""
    try:
        made = await service.preview_unsaved(db, data.preview())
    except Refused as refused:
        errors, problem = faults(refused, FIELDS)
        return frame.part("pages/_template_preview.html", {"problems": [*errors.values(), *filter(None, [problem])]})
    shown = _shown(made, data)
    context: dict[str, object] = {"problems": [], "preview": made, "form": data, "is_empty": shown is None}
    if shown is not None and mail_preview.is_name(data.frame):
        state = await mail_preview.keep(valkey, visitor.subject, data.frame, shown, dark=bool(data.dark))
        context["frame_url"] = f"{PATH}/preview/{data.frame}?{state}"
    return frame.part("pages/_template_preview.html", context)


@get(f"{PATH}/starters/{{slug:str}}", guards=READ)
async def show_starter(slug: FromPath[str]) -> Response[bytes]:
    """Show one of the templates to begin with, small, in its frame."""
    return Response(_starter(slug), media_type=MediaType.HTML, headers=mail_preview.FRAME_HEADERS)


@get(f"{PATH}/preview/{{name:str}}", guards=READ)
async def show_frame(visitor: page.Visitor, valkey: inject.Valkey, name: FromPath[str]) -> Response[bytes]:
    """Show the mail itself, in its frame."""
    return await mail_preview.show(valkey, visitor.subject, name)


def _shown(made: Preview, form: TemplateForm) -> str | None:
    """Choose what is looked at: the HTML, or the text where it is asked for or all there is."""
    if made.html is not None and form.view != "text":
        return made.html
    return None if made.text is None else mail_preview.as_page(made.text)


@cache
def _starter(slug: str) -> bytes:
    starter = next((each for each in STARTERS if each.slug == slug), None)
    if starter is None:
        raise NotFound
    return mail_preview.in_scheme(starter.sample_html, dark=False).encode()


HANDLERS = (preview_template, show_starter, show_frame)
