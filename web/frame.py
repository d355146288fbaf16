"""A page in the portal's frame, or only the part of it that htmx asked for."""

from collections.abc import Mapping

from litestar import Litestar

from web import cookies, csrf
from web.navigation import navigation
from web.rendering import Answer, shared_renderer
from web.shell import Shell
from web.surroundings import Surroundings
from web.toasts import toast
from web.visitor import Visitor

_NOTHING = Surroundings()


class Frame:
    """Answers with pages for one visitor's request."""

    def __init__(self, request: cookies.PageRequest, visitor: Visitor, surroundings: Surroundings = _NOTHING) -> None:
        self._request = request
        self._visitor = visitor
        self._surroundings = surroundings

    @property
    def wants_part(self) -> bool:
        """Say whether htmx asks for a part of the page; going back in history wants it whole."""
        headers = self._request.headers
        return "hx-request" in headers and "hx-history-restore-request" not in headers

    def may(self, scope: str) -> bool:
        """Say whether the visitor could do something here, so that no page offers what would be refused."""
        return self._visitor.may(scope)

    def page(self, template: str, section: str, context: Mapping[str, object], *, status_code: int = 200) -> Answer:
        """Answer with a whole page."""
        return shared_renderer().answer(
            template, {**self._common(), "shell": self._shell(section), **context}, status_code=status_code
        )

    def part(self, template: str, context: Mapping[str, object], *, status_code: int = 200) -> Answer:
        """Answer with a part of a page."""
        return shared_renderer().answer(template, {**self._common(), **context}, status_code=status_code)

    def text(self, template: str, context: Mapping[str, object]) -> str:
        """Render a part of a page for a live update."""
        return shared_renderer().text(template, {**self._common(), **context})

    def _shell(self, section: str) -> Shell:
        visitor, request = self._visitor, self._request
        registered = registered_paths(request.app)
        return Shell(
            tenant_name=visitor.tenant_name,
            user_name=visitor.name,
            user_email=visitor.email,
            section=section,
            navigation=navigation(visitor.subject, request.url.path, registered, section),
            may_write=self.may("messages:write"),
            can_switch="/places" in registered,
            banners=tuple(each for each in self._surroundings.banners if each.href != request.url.path),
            notice=toast(request.query_params.get("done", "")),
        )

    def _common(self) -> dict[str, object]:
        return {"theme": cookies.theme(self._request), "csrf_token": csrf.token_of(self._request), "may": self.may}


def registered_paths(app: Litestar) -> frozenset[str]:
    """Give the paths that have a page, without parameters: the navigation offers nothing that is not there."""
    known: frozenset[str] | None = app.state.get("page_paths")
    if known is None:
        known = app.state.page_paths = frozenset(route.path for route in app.routes)
    return known
