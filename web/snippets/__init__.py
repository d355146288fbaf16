"""Code to copy: what a page can do, as a program does it. Pure: given the same, the same lines come out."""

from web.snippets.calls import Place, Snippet, asking
from web.snippets.sending import sending
from web.snippets.verifying import VERIFYING

__all__ = ["VERIFYING", "Place", "Snippet", "asking", "sending"]
