"""Templates: the list, and three good ones to begin with."""

from uuid import UUID

from litestar import get, post
from litestar.params import FromQuery
from litestar.response import Redirect

from control_plane.core import ids, inject
from control_plane.core.errors import NotFound
from control_plane.core.languages import mark
from control_plane.templates import service
from control_plane.templates.schemas import Kind, NewTemplate
from control_plane.templates.starters import STARTERS
from web import inject as page
from web import tables
from web.cookies import PageRequest
from web.i18n import gettext
from web.rendering import Answer
from web.tables import Choice, Column, Table
from web.visitor import may

SECTION, PATH = "templates", "/templates"
READ, WRITE = [may("templates:read")], [may("templates:write")]

_PER_PAGE = 50
_COLUMNS = (
    Column(mark("Template")),
    Column(mark("Subject"), wide=True),
    Column(mark("Version"), wide=True),
    Column(mark("Changed"), end=True),
)
_KINDS = (("message", mark("Messages")), ("layout", mark("Layouts")))
_FILTERS = (Choice("kind", mark("Kind"), mark("All kinds"), _KINDS),)

_EMPTY_MJML = """<mjml>
  <mj-body>
    <mj-section>
      <mj-column>
        <mj-text>Hello {{ name | default: "you" }}!</mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
"""
_EMPTY_LAYOUT = """<mjml>
  <mj-body>
    <mj-section><mj-column><mj-text font-weight="700">Your name</mj-text></mj-column></mj-section>
    {{ content }}
    <mj-section><mj-column><mj-text font-size="12px">Your address</mj-text></mj-column></mj-section>
  </mj-body>
</mjml>
"""


@get(PATH, guards=READ)
async def show_templates(request: PageRequest, frame: page.Frame, db: inject.Database) -> Answer:
    """Show the list, or where to begin."""
    given = tables.read(request, _FILTERS)
    listed = await service.listing(db, _kind(given["kind"]), _cursor(given["after"]), _PER_PAGE)
    context = {
        "templates": listed.data,
        "table": Table(PATH, _COLUMNS, _FILTERS, given=given, next=listed.next),
        "starters": STARTERS,
    }
    return frame.page("pages/templates.html", SECTION, context)


@get(f"{PATH}/new", guards=WRITE)
async def show_beginnings(frame: page.Frame) -> Answer:
    """Show what one can begin with."""
    return frame.page("pages/template_new.html", SECTION, {"starters": STARTERS})


@post(f"{PATH}/new", guards=WRITE)
async def make_template(db: inject.Database, clock: inject.Clock, begin: FromQuery[str] = "") -> Redirect:
    """Make a template to begin with, and lead to its editor."""
    made = await service.create(db, clock, _beginning(begin))
    return Redirect(f"{PATH}/{made.id}?done=created", status_code=303)


def uuid_of(template_id: str) -> UUID:
    """Read the id in an address; raises `NotFound`."""
    try:
        return ids.decode(service.PREFIX, template_id)
    except ids.MalformedId as error:
        raise NotFound from error


def _beginning(slug: str) -> NewTemplate:
    starter = next((each for each in STARTERS if each.slug == slug), None)
    if starter is not None:
        return starter.template
    if slug == "layout":
        return NewTemplate(name=gettext("New layout"), kind="layout", mjml=_EMPTY_LAYOUT)
    return NewTemplate(name=gettext("New template"), mjml=_EMPTY_MJML, sample_data={"name": "Ann"})


def _kind(text: str) -> Kind | None:
    return "message" if text == "message" else "layout" if text == "layout" else None


def _cursor(after: str) -> UUID | None:
    return uuid_of(after) if after else None


HANDLERS = (show_templates, show_beginnings, make_template)
