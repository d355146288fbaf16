"""Mails as customers write them, shown in a frame that may do nothing: no script, no form, no way to the page around.

What is to be shown is kept in Valkey for some minutes, under a name that only its author's page knows; the frame
fetches it from an address of its own, with a policy of its own: a document written into the page would be under the
page's, which forbids the inline styles that mails are made of.

Names are the browser's, and so without number. What is kept lies in a fixed number of places that names share, a few
for each account: the latest is shown, and whose it is stands before it. The frame asks at once, before others come.
"""

import hashlib
import re

from litestar import MediaType, Response

from control_plane.core.auth import Subject
from control_plane.core.errors import NotFound
from control_plane.core.valkey import Client

FRAME_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": (
        "sandbox; default-src 'none'; img-src https: data:; style-src 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
}

_KEPT_SECONDS = 600
_LONGEST_BYTES = 500 * 1024
"""With what stands around it, just below the half mebibyte that Valkey sets aside."""
_PLACES = 128
"""For everybody: 64 MiB of Valkey's memory at most."""
_PLACES_OF_AN_ACCOUNT = 8
_NAME = re.compile(r"[\w-]{16,64}", re.ASCII)
_SCHEME = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)", re.IGNORECASE)
_ALWAYS, _NEVER = "(min-width: 0)", "(max-width: 0)"


def is_name(name: str) -> bool:
    """Say whether a preview can be kept under a name."""
    return _NAME.fullmatch(name) is not None


async def keep(valkey: Client, author: Subject, name: str, html: str, *, dark: bool) -> str:
    """Keep what a frame is to show; gives a word that changes with it."""
    cut = html.encode()[:_LONGEST_BYTES].decode(errors="ignore")
    content = in_scheme(cut, dark=dark).encode()
    await valkey.set(_key(author, name), _mark(author, name) + content, ex=_KEPT_SECONDS)
    return hashlib.sha256(content).hexdigest()[:12]


async def show(valkey: Client, author: Subject, name: str) -> Response[bytes]:
    """Answer the frame; raises `NotFound` for what is no longer kept."""
    found: bytes | None = await valkey.get(_key(author, name)) if is_name(name) else None
    mark = _mark(author, name)
    if found is None or not found.startswith(mark):
        raise NotFound
    return Response(found.removeprefix(mark), media_type=MediaType.HTML, headers=FRAME_HEADERS)


def in_scheme(html: str, *, dark: bool) -> str:
    """Have a mail look as on a light or a dark screen, whatever the reader's own is."""
    wanted = "dark" if dark else "light"
    settled = _SCHEME.sub(lambda found: _ALWAYS if found[1].lower() == wanted else _NEVER, html)
    return f"{settled}<style>:root{{color-scheme:{wanted} only}}</style>"


def as_page(text: str) -> str:
    """Show a text as a mail program does."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    style = "font:14px/1.5 ui-monospace,Menlo,Consolas,monospace;white-space:pre-wrap;padding:16px;margin:0"
    return f'<!doctype html><meta charset="utf-8"><body style="{style}">{escaped}'


def _key(author: Subject, name: str) -> str:
    """Give one of the account's places, which is one of everybody's."""
    account = author.acting_from or author.tenant_id
    own = _mark(author, name)[0] % _PLACES_OF_AN_ACCOUNT
    return f"fleetpost:preview:{_digest(f'{account}:{own}')[0] % _PLACES}"


def _mark(author: Subject, name: str) -> bytes:
    """Say whose a preview is, and of which page of theirs."""
    return _digest(f"{author.user_id}:{name}")


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
