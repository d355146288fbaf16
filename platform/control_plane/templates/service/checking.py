"""Whether what somebody wrote is a template: its parts fit each other, and each is sound."""

from collections.abc import Iterator
from uuid import UUID

import msgspec

from control_plane.core import ids
from control_plane.core.database import Transaction
from control_plane.core.errors import FieldError, Invalid
from control_plane.core.tenancy import bound_tenant
from control_plane.core.text import NOT_ONE_LINE, is_one_line
from control_plane.core.threads import in_thread
from control_plane.templates.assembly import Assembled, Content, check_data, check_layout
from control_plane.templates.cache import size_of
from control_plane.templates.fault import Fault
from control_plane.templates.queries import versions
from control_plane.templates.schemas import MOST_SOURCE, Data, Kind
from control_plane.templates.service.rendering import PREFIX, content_of


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """The content of a version before it is one."""

    kind: Kind
    content: Content
    layout_id: UUID | None
    sample_data: Data


def layout_uuid(text: str | None) -> UUID | None:
    """Read a layout's id; raises `Invalid`."""
    try:
        return None if text is None else ids.decode(PREFIX, text)
    except ids.MalformedId as error:
        raise Invalid(errors=(_no_layout(),)) from error


def check_words(name: str, description: str) -> None:
    """Raise `Invalid` for a name or description that is not one line."""
    errors = [
        FieldError(field, NOT_ONE_LINE)
        for field, text in (("name", name), ("description", description))
        if not is_one_line(text)
    ]
    if errors:
        raise Invalid(errors=tuple(errors))


async def assemble(tx: Transaction, draft: Draft) -> Assembled:
    """Put a draft together with its layout's live version; raises `Invalid`."""
    faults = tuple(_misfits(draft))
    if faults:
        raise Invalid(errors=faults)
    layout = await _layout(tx, draft.layout_id)
    try:
        return await in_thread(_assemble, draft, layout)
    except Fault as fault:
        raise Invalid(errors=(FieldError(fault.field, fault.message),)) from fault


def _assemble(draft: Draft, layout: Content | None) -> Assembled:
    try:
        check_data(draft.sample_data)
    except Fault as fault:
        raise fault.at("sample_data") from fault
    if draft.kind == "message":
        return Assembled(draft.content, layout)
    check_layout(draft.content)
    return Assembled(_around(draft.content), draft.content)


def _around(layout: Content) -> Content:
    """Give what stands in a layout while it is looked at by itself."""
    words = "The message stands here."
    return Content(
        subject="",
        html=f"<p>{words}</p>",
        text=words if layout.text is not None else None,
    )


def _misfits(draft: Draft) -> Iterator[FieldError]:
    content = draft.content
    if content.html is not None and content.mjml is not None:
        yield FieldError("mjml", "Give html or mjml, not both.")
    if draft.kind == "message" and content.html is None and content.mjml is None and not content.text:
        yield FieldError("html", "Give html, mjml or text.")
    if draft.kind == "layout" and draft.layout_id is not None:
        yield FieldError("layout_id", "A layout stands in no other layout.")
    if draft.kind == "layout" and content.subject:
        yield FieldError("subject", "A layout has no subject: each message has its own.")
    if size_of(content) > MOST_SOURCE:
        yield FieldError("html", f"All parts together have at most {MOST_SOURCE} characters.")
    for field in ("subject", "html", "text", "mjml"):
        if "\0" in (getattr(content, field) or ""):
            yield FieldError(field, "No NUL characters.")


async def _layout(tx: Transaction, layout_id: UUID | None) -> Content | None:
    if layout_id is None:
        return None
    found = await versions.live(tx, bound_tenant(), layout_id)
    if found is None or found["kind"] != "layout":
        raise Invalid(errors=(_no_layout(),))
    return content_of(found)


def _no_layout() -> FieldError:
    return FieldError("layout_id", "There is no such layout.")
