"""From a template and a page's data to an answer: one environment, strict about names, escaping everything."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TypeAlias

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Response

from control_plane.mail_domains import names
from web import brand, charts, formats, i18n, statuses
from web.assets import Assets
from web.headers import PAGE_HEADERS

Answer: TypeAlias = Response[object]

_TEMPLATES = Path(__file__).parent / "templates"


def environment(assets: Assets) -> Environment:
    """Make the environment of all templates."""
    env = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_gettext_callables(i18n.gettext, i18n.ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.globals |= {"asset": assets.url, "brand": brand.brand, "language": i18n.language}
    env.filters |= {
        "delivery_status": statuses.delivery_status,
        "resource_status": statuses.resource_status,
        "sending_status": statuses.sending_status,
        "record_status": statuses.record_status,
        "publication_status": statuses.publication_status,
        "step_status": statuses.step_status,
        "step_action": statuses.step_action,
        "purpose": statuses.purpose,
        "duration": charts.duration,
        "utc": formats.utc,
        "clock": formats.clock,
        "date": formats.date,
        "day": formats.day,
        "number": formats.number,
        "percent": formats.percent,
        "size": formats.size,
        "displayed": names.displayed,
    }
    return env


class Renderer:
    """Renders templates; pages get it by injection."""

    def __init__(self, env: Environment) -> None:
        self._env = env

    def text(self, template: str, context: Mapping[str, object]) -> str:
        """Render to text."""
        return self._env.get_template(template).render(context)

    def answer(self, template: str, context: Mapping[str, object], *, status_code: int = 200) -> Answer:
        """Render to an HTML answer with the security headers; no cache keeps it."""
        return Response(
            self.text(template, context),
            media_type=MediaType.HTML,
            status_code=status_code,
            headers=PAGE_HEADERS,
        )


@cache
def shared_renderer() -> Renderer:
    """Give the process's renderer; compiled templates are kept in it."""
    return Renderer(environment(Assets()))
