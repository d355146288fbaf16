"""From words to a mail: a text and an HTML page that say the same."""

from pathlib import Path

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from control_plane.notices.schemas import Letter

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """A letter, ready to be sent."""

    subject: str
    text: str
    html: str


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """Who the letter is from, as its reader knows them."""

    name: str
    url: str
    """Where their pages are, without a slash at the end."""


def mail_of(letter: Letter, sender: Sender, language: str) -> Mail:
    """Write a letter as text and as HTML."""
    url = f"{sender.url}{letter.path}"
    context = {"letter": letter, "url": url, "sender": sender, "language": language}
    text, html = (_TEMPLATES.get_template(f"letter.{form}").render(context) for form in ("txt", "html"))
    return Mail(subject=letter.subject, text=text, html=html)
