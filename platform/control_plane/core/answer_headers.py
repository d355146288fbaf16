"""What every answer says, whoever made it: errors, files, exports and redirects pass by the headers of pages."""

from urllib.parse import urlsplit

from litestar.types import Message, Scope

from control_plane.settings import Settings

_MISSING = {
    b"cache-control": b"no-store",
    b"content-security-policy": b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    b"referrer-policy": b"same-origin",
    b"x-content-type-options": b"nosniff",
}
"""Added where an answer says nothing itself. A style of its own hurts nobody in a picture; pages forbid it."""
_TLS_ONLY = (b"strict-transport-security", b"max-age=31536000")
_EVERYBODYS = ("/schema", "/static")
"""What lies there is no secret, and may be kept."""


class AnswerHeaders:
    """A hook on every answer there is."""

    def __init__(self, settings: Settings) -> None:
        parts = urlsplit(settings.public_url)
        self._tls_host = parts.netloc.encode() if parts.scheme == "https" else None

    async def __call__(self, message: Message, scope: Scope) -> None:
        """Add what is missing."""
        if message["type"] != "http.response.start":
            return
        headers = list(message["headers"])
        said = {name.lower() for name, _ in headers}
        for name, value in _MISSING.items():
            if name not in said and not (name == b"cache-control" and str(scope["path"]).startswith(_EVERYBODYS)):
                headers.append((name, value))
        if self._tls_host is not None and (b"host", self._tls_host) in scope["headers"]:
            headers.append(_TLS_ONLY)
        message["headers"] = headers
