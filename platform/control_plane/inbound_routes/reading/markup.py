"""A mail's HTML made harmless, and read as text; what would take a parser too long is not given to one.

A parser's time goes by the depth of elements with each end tag, and its memory by the open marks of type (`b`, `a`, …)
with each new block: both are estimated first.
"""

import html
import re

import nh3

_MOST = 256 * 1024
_MOST_WORK = 300_000
_DEPTH_PER_WORK = 50
"""So many levels that are looked through take as long as one element that is made."""
_TAGS = nh3.ALLOWED_TAGS - {"img", "map", "area"}
_SCHEMES = {"http", "https", "mailto"}
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
_ENDS_BY_ITSELF = re.compile(
    "area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr"
    "|p|li|dt|dd|tr|td|th|tbody|thead|tfoot|option|optgroup|html|head|body"
)
_OF_TYPE = re.compile("a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u")
_UNSHOWN = ("script", "style", "title", "head")
_BREAKS = re.compile(r"<\s*(?:br|/p|/div|/tr|/li|/h[1-6]|/blockquote)\b", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[/!?a-zA-Z][^<>]{0,5000}>")
_EMPTY_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


def harmless(markup: str) -> str | None:
    """Leave out scripts, styles, forms and whatever would be fetched; None if that would take too long."""
    if len(markup) > _MOST or _work(markup) > _MOST_WORK:
        return None
    return nh3.clean(markup, tags=_TAGS, url_schemes=_SCHEMES)


def text_of(markup: str) -> str:
    """Give the words."""
    shown = markup[:_MOST]
    for name in _UNSHOWN:
        shown = _without(shown, name)
    broken = _BREAKS.sub("\n\\g<0>", shown)
    return _EMPTY_LINES.sub("\n\n", html.unescape(_ANY_TAG.sub("", broken))).strip()


def _work(markup: str) -> int:
    """Estimate what reading takes, in elements that are made."""
    depth = of_type = work = 0
    for end, name in _TAG.findall(markup):
        lower = name.lower()
        work += 1 + of_type + (depth // _DEPTH_PER_WORK if end else 0)
        change = 0 if _ENDS_BY_ITSELF.fullmatch(lower) else -1 if end else 1
        depth = max(depth + change, 0)
        if _OF_TYPE.fullmatch(lower):
            of_type = max(of_type + change, 0)
        if work > _MOST_WORK:
            break
    return work


def _without(markup: str, name: str) -> str:
    """Leave out an element with what is in it; one that has no end goes to the end."""
    lower, kept, at = markup.lower(), list[str](), 0
    while (start := lower.find(f"<{name}", at)) >= 0:
        kept.append(markup[at:start])
        end = lower.find(f"</{name}", start)
        at = len(markup) if end < 0 else end
        if end >= 0:
            closed = lower.find(">", end)
            at = len(markup) if closed < 0 else closed + 1
    return "".join(kept) + markup[at:] if len(lower) == len(markup) else markup
