"""What mail programs will not like about a message: looked for in what a preview shows, and told in sentences."""

import re
from collections.abc import Iterator

from control_plane.templates.assembly import Rendered

_GMAIL_CUTS_AT = 102 * 1024
_MOST_SUBJECT = 78
_IGNORED = re.compile(r"<(script|form|iframe|object|video|audio)\b", re.IGNORECASE)
_IMAGE = re.compile(r"<img\b[^<>]*>", re.IGNORECASE)
_RELATIVE = re.compile(r"""\b(?:href|src)\s*=\s*["'](?!\w+:|//|#|\{|["'])""", re.IGNORECASE)


def warnings(rendered: Rendered) -> Iterator[str]:
    """List what should be looked at; nothing hinders the template from being sent."""
    if not rendered.subject:
        yield "The subject is empty: give one here, or with each message."
    if len(rendered.subject) > _MOST_SUBJECT:
        yield f"The subject has {len(rendered.subject)} characters: most programs show fewer than {_MOST_SUBJECT}."
    if rendered.html is not None:
        yield from _about_html(rendered.html)


def _about_html(html: str) -> Iterator[str]:
    size = len(html.encode())
    if size > _GMAIL_CUTS_AT:
        yield f"The HTML is {size // 1024} kB large: Gmail cuts messages off after 102 kB."
    ignored = {tag.lower() for tag in _IGNORED.findall(html)}
    if ignored:
        yield f"Mail programs take these out: {', '.join(f'<{tag}>' for tag in sorted(ignored))}."
    if any("alt=" not in image.lower() for image in _IMAGE.findall(html)):
        yield "A picture has no alt text: it is what many people see instead of it."
    if _RELATIVE.search(html):
        yield "An address is relative: in a mail, links and pictures need whole addresses."
