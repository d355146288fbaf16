"""A page in the portal's frame, or only the part of it that htmx asked for."""

from collections.abc import Mapping

from control_plane.core.auth import Subject
from web import cookies, csrf
from web.rendering import Answer, shared_renderer
from web.shell import SECTIONS, Shell
from web.visitor import Visitor

_NOTICES = {
    "domain-added": "The domain is added. Set the records below, then check.",
    "mailbox-added": "The mailbox is ready: it can log in now.",
}
"""What `?done=` may say: nobody else's words appear on a page by its address."""


def readable(subject: Subject) -> frozenset[str]:
    """Name the sections that somebody may open; home is everybody's."""
    return frozenset({"home", *(name for name in SECTIONS if subject.allows(f"{name}:read"))})


class Frame:
    """Answers with pages for one visitor's request."""

    def __init__(self, request: cookies.PageRequest, visitor: Visitor) -> None:
        self._request = request
        self._visitor = visitor

    @property
    def wants_part(self) -> bool:
        """Say whether htmx asks for a part of the page; going back in history wants it whole."""
        headers = self._request.headers
        return "hx-request" in headers and "hx-history-restore-request" not in headers

    def page(self, template: str, section: str, context: Mapping[str, object], *, status_code: int = 200) -> Answer:
        """Answer with a whole page."""
        shell = Shell(
            tenant_name=self._visitor.tenant_name,
            user_name=self._visitor.name,
            user_email=self._visitor.email,
            section=section,
            readable=readable(self._visitor.subject),
            notice=_NOTICES.get(self._request.query_params.get("done", ""), ""),
        )
        return shared_renderer().answer(
            template, {**self._common(), "shell": shell, **context}, status_code=status_code
        )

    def part(self, template: str, context: Mapping[str, object], *, status_code: int = 200) -> Answer:
        """Answer with a part of a page."""
        return shared_renderer().answer(template, {**self._common(), **context}, status_code=status_code)

    def text(self, template: str, context: Mapping[str, object]) -> str:
        """Render a part of a page for a live update."""
        return shared_renderer().text(template, {**self._common(), **context})

    def _common(self) -> dict[str, object]:
        return {"theme": cookies.theme(self._request), "csrf_token": csrf.token_of(self._request)}
