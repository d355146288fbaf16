"""Which language a request is answered in: the person's choice, else what the browser asks for, else the account's."""

from collections.abc import Sequence

from litestar import Request
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from control_plane.core.languages import ENGLISH, LANGUAGES, Language, catalogues
from web import cookies, i18n

COOKIE = "fp_language"
"""The choice of who is not signed in; no secret."""

_MOST_ASKED = 20


def known(tag: str) -> Language | None:
    """Find the language of a tag such as `de-AT` or `zh_Hans`; Chinese is written with simplified characters."""
    wanted = tag.strip().lower().replace("_", "-")
    for language in LANGUAGES:
        ours = language.tag.lower()
        if wanted == ours or wanted.split("-")[0] == ours.split("-")[0]:
            return language
    return None


def asked_for(header: str) -> list[str]:
    """Read `Accept-Language`: its tags, the most wanted first (RFC 9110 §12.5.4)."""
    found: list[tuple[float, str]] = []
    for part in header.split(",")[:_MOST_ASKED]:
        tag, _, weight = part.partition(";q=")
        found.append((_weight(weight), tag))
    return [tag for weight, tag in sorted(found, key=lambda each: -each[0]) if weight > 0]


def choose(*wishes: str, accepted: str = "", otherwise: Sequence[str] = ()) -> Language:
    """Choose by the wishes in their order, then by the browser's header, then by what the account speaks."""
    for wish in (*wishes, *asked_for(accepted), *otherwise):
        language = known(wish) if wish else None
        if language is not None:
            return language
    return ENGLISH


def speak(request: cookies.PageRequest, *wishes: str, otherwise: Sequence[str] = ()) -> None:
    """Bind the request's language."""
    accepted = request.headers.get("accept-language", "")
    language = choose(*wishes, request.cookies.get(COOKIE, ""), accepted=accepted, otherwise=otherwise)
    i18n.bind(language, catalogues.translations(language.code))


class LanguageMiddleware(ASGIMiddleware):
    """Chooses before anything else looks at a page's request; who is signed in may choose otherwise."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Choose and go on."""
        speak(Request(scope, receive, send))
        await next_app(scope, receive, send)


def _weight(text: str) -> float:
    if not text:
        return 1.0
    try:
        return float(text)
    except ValueError:
        return 0.0
