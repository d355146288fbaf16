"""The editor of a template: what is typed is previewed as one types, saved as a version, and sent once published."""

import secrets
from collections.abc import Mapping

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from control_plane.core import inject
from control_plane.core.database import Database
from control_plane.core.errors import Refused
from control_plane.core.etag import PreconditionFailed, etag_of
from control_plane.core.languages import mark
from control_plane.messages.schemas import EmailAddress, TemplateUse
from control_plane.settings import Settings
from control_plane.templates import service
from control_plane.templates.schemas import Template, TestSend
from control_plane.templates.service.manage import MOST_TEMPLATES
from web import first_message
from web import inject as page
from web.forms import faults
from web.frame import Frame
from web.i18n import gettext
from web.pages.domains import proven_names
from web.pages.template_form import BODY_MAX_BYTES, FIELDS, TemplateForm
from web.pages.templates import PATH, READ, SECTION, WRITE, uuid_of
from web.rendering import Answer
from web.snippets import Snippet, sending
from web.visitor import Visitor, may

_ONE = f"{PATH}/{{template_id:str}}"
_MOST_DATA_BYTES = 4000
_CONFLICT = mark(
    "Somebody else saved this template meanwhile. What you wrote is still here: look at the newest version, then save "
    "again to put yours in its place."
)
_TEST_FIELDS = {"to": "to", "from": "sender"}


class TestForm(msgspec.Struct, frozen=True, kw_only=True):
    """Where a test goes."""

    __test__ = False  # pytest would take its name for a test's

    to: str = ""
    sender: str = ""
    domain: str = ""

    def wanted(self, name: str) -> TestSend:
        """Make what was asked for."""
        sender = EmailAddress(email=f"{self.sender.strip()}@{self.domain}", name=name)
        return TestSend(sender=sender, to=(self.to.strip(),))


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """The editor as it is to be shown: what was typed, and what was wrong with it."""

    template: Template
    form: TemplateForm
    test: TestForm
    is_unsaved: bool = False
    """What was typed differs from what is stored."""
    refused: Refused | None = None
    test_refused: Refused | None = None


@get(_ONE, guards=READ)
async def edit_template(
    frame: page.Frame,
    visitor: page.Visitor,
    db: inject.Database,
    settings: inject.Settings,
    template_id: FromPath[str],
) -> Answer:
    """Show the newest version in the editor."""
    template = await service.get(db, uuid_of(template_id))
    opened = Opened(template=template, form=_form(template), test=_test(visitor))
    return await _editor(frame, db, settings, opened)


@post(_ONE, guards=WRITE, request_max_body_size=BODY_MAX_BYTES)
async def save_template(
    frame: page.Frame,
    visitor: page.Visitor,
    db: inject.Database,
    settings: inject.Settings,
    clock: inject.Clock,
    template_id: FromPath[str],
    data: URLEncodedBody[TemplateForm],
) -> Answer | Redirect:
    """Save a new version, or show the editor again with what is wrong."""
    uuid = uuid_of(template_id)
    try:
        saved = await service.change(db, clock, uuid, data.change(), data.etag or None)
    except Refused as refused:
        template = await service.get(db, uuid)
        form = msgspec.structs.replace(data, etag=etag_of(template), frame=_frame_of(data))
        opened = Opened(template=template, form=form, test=_test(visitor), is_unsaved=True, refused=refused)
        return await _editor(frame, db, settings, opened)
    return Redirect(f"{PATH}/{saved.id}?done=saved", status_code=303)


@post(f"{_ONE}/publish", guards=WRITE)
async def publish_template(
    db: inject.Database, clock: inject.Clock, template_id: FromPath[str], version: FromQuery[int]
) -> Redirect:
    """Send a version from now on."""
    await service.publish(db, clock, uuid_of(template_id), version)
    return Redirect(f"{PATH}/{template_id}/versions?done=saved", status_code=303)


@post(f"{_ONE}/clone", guards=WRITE)
async def clone_template(db: inject.Database, clock: inject.Clock, template_id: FromPath[str]) -> Redirect:
    """Make a copy and lead to it."""
    made = await service.clone(db, clock, uuid_of(template_id), None)
    return Redirect(f"{PATH}/{made.id}?done=created", status_code=303)


@post(f"{_ONE}/delete", guards=WRITE)
async def delete_template(
    frame: page.Frame,
    visitor: page.Visitor,
    db: inject.Database,
    settings: inject.Settings,
    template_id: FromPath[str],
) -> Answer | Redirect:
    """Delete it, or say which templates still stand in the layout."""
    uuid = uuid_of(template_id)
    try:
        await service.delete(db, uuid)
    except Refused as refused:
        template = await service.get(db, uuid)
        opened = Opened(template=template, form=_form(template), test=_test(visitor), refused=refused)
        return await _editor(frame, db, settings, opened)
    return Redirect(f"{PATH}?done=deleted", status_code=303)


@post(f"{_ONE}/test-send", guards=[may("messages:write")])
async def test_send_template(
    frame: page.Frame,
    visitor: page.Visitor,
    db: inject.Database,
    settings: inject.Settings,
    clock: inject.Clock,
    template_id: FromPath[str],
    data: URLEncodedBody[TestForm],
) -> Answer | Redirect:
    """Send the newest version with its sample data, and lead to the message."""
    uuid = uuid_of(template_id)
    try:
        accepted = await service.test_send(db, clock, uuid, data.wanted(visitor.name))
    except Refused as refused:
        template = await service.get(db, uuid)
        opened = Opened(template=template, form=_form(template), test=data, test_refused=refused)
        return await _editor(frame, db, settings, opened)
    return Redirect(f"/messages/{accepted.id}?done=sent", status_code=303)


async def _editor(frame: Frame, db: Database, settings: Settings, opened: Opened) -> Answer:
    errors, problem = _told(opened.refused, FIELDS)
    test_errors, test_problem = _told(opened.test_refused, _TEST_FIELDS)
    layouts = (await service.listing(db, "layout", None, MOST_TEMPLATES)).data
    refused = opened.refused or opened.test_refused
    domains = await proven_names(db, settings) if frame.may("messages:write") else []
    context = {
        "template": opened.template,
        "form": opened.form,
        "is_unsaved": opened.is_unsaved,
        "errors": errors,
        "problem": problem,
        "layouts": [each for each in layouts if each.id != opened.template.id],
        "test": opened.test,
        "test_errors": test_errors,
        "test_problem": test_problem,
        "test_is_open": opened.test_refused is not None,
        "domains": domains,
        "may_write": frame.may("templates:write"),
        "snippets": _snippets(settings, opened.template, domains),
    }
    status_code = 200 if refused is None else refused.status.value
    return frame.page("pages/template.html", SECTION, context, status_code=status_code)


def _snippets(settings: Settings, template: Template, domains: list[str]) -> tuple[Snippet, ...]:
    """Say how a program sends it, filled with its sample data."""
    if template.kind != "message" or not domains:
        return ()
    use = TemplateUse(id=template.id, data=_beginning(template.sample_data))
    return sending(first_message.place_of(settings), first_message.mail(domains, template=use))


def _beginning(data: Mapping[str, object]) -> dict[str, object]:
    """Give as much of the sample data as fits in an example."""
    kept: dict[str, object] = {}
    for name, value in data.items():
        if len(msgspec.json.encode({**kept, name: value})) <= _MOST_DATA_BYTES:
            kept[name] = value
    return kept


def _told(refused: Refused | None, fields: dict[str, str]) -> tuple[dict[str, str], str]:
    if isinstance(refused, PreconditionFailed):
        return {}, gettext(_CONFLICT)
    return ({}, "") if refused is None else faults(refused, fields)


def _form(template: Template) -> TemplateForm:
    return TemplateForm.of(template, secrets.token_urlsafe(18))


def _frame_of(form: TemplateForm) -> str:
    return form.frame or secrets.token_urlsafe(18)


def _test(visitor: Visitor) -> TestForm:
    return TestForm(to=visitor.email, sender=visitor.email.partition("@")[0])


HANDLERS = (
    edit_template,
    save_template,
    publish_template,
    clone_template,
    delete_template,
    test_send_template,
)
