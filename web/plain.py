"""Pages outside the portal's frame: for who is not signed in, or not quite."""

from collections.abc import Mapping

from control_plane.core.errors import FleetpostError
from control_plane.core.problem import headers_of
from web import cookies, csrf
from web.cookies import PageRequest
from web.forms import faults
from web.rendering import Answer, shared_renderer


def plain_page(
    request: PageRequest, template: str, context: Mapping[str, object], *, refused: FleetpostError | None = None
) -> Answer:
    """Answer with a page; a form that was refused stands there again, with each fault at its field."""
    form = context.get("form")
    fields = {name: name for name in getattr(form, "__struct_fields__", ())}
    errors, problem = faults(refused, fields) if refused else ({}, "")
    common = {"theme": cookies.theme(request), "csrf_token": csrf.token_of(request)}
    status = refused.status.value if refused else 200
    answer = shared_renderer().answer(
        template, {**common, "errors": errors, "problem": problem, **context}, status_code=status
    )
    if refused is not None:
        answer.headers.update(headers_of(refused))
    return answer
