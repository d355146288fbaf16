"""The two dialects of Liquid: HTML, where values are escaped, and text, where they are not; both with few tags."""

from collections.abc import Callable, Iterator
from typing import TextIO

from liquid import Environment, RenderContext, Token
from liquid.builtin.tags.cycle_tag import CycleNode, CycleTag
from liquid.builtin.tags.for_tag import ForNode, ForTag

from control_plane.templates.engine.bounds import TooMuch, weigh
from control_plane.templates.engine.context import MOST_OUTPUT_BYTES, Missing
from control_plane.templates.engine.filters import OWN, SAFE
from control_plane.templates.engine.lexer import tokenize

_TAGS = frozenset(
    {"content", "output", "illegal", "if", "unless", "case", "for", "break", "continue", "capture", "cycle", "assign"}
)
"""The first three are what python-liquid calls text, `{{ … }}`, and tags that there are not. Nothing is included."""


class BoundedForNode(ForNode):
    """A loop over something that is not too long: `reversed` would make a list of it first."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        """Render the loop; raises `TooMuch`."""
        value = self.expression.iterable.evaluate(context)
        weigh(value)
        if isinstance(value, Missing):
            value.note()
        return super().render_to_output(context, buffer)


class PlainCycleNode(CycleNode):
    """A cycle through texts and numbers; python-liquid would write lists out each time, to know the cycle by them."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        """Render the next one; raises `TooMuch`."""
        if any(isinstance(each.evaluate(context), list | dict) for each in self.args):
            raise TooMuch("cycle goes through texts and numbers")
        return super().render_to_output(context, buffer)


class PlainCycleTag(CycleTag):
    """`cycle`, bounded."""

    node_class = PlainCycleNode


class BoundedForTag(ForTag):
    """`for`, bounded."""

    node_class = BoundedForNode


class BoundedEnvironment(Environment):
    """Liquid with the tags and filters that mails need."""

    block_nesting_limit = 20
    loop_iteration_limit = 20_000
    output_stream_limit = MOST_OUTPUT_BYTES

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:  # noqa: ARG002 there are no others here
        """Keep of the usual tags and filters what is safe."""
        super().setup_tags_and_filters()
        self.tags = {name: tag for name, tag in self.tags.items() if name in _TAGS}
        self.add_tag(BoundedForTag)
        self.add_tag(PlainCycleTag)
        self.filters = {name: function for name, function in self.filters.items() if name in SAFE} | OWN

    def tokenizer(self) -> Callable[[str], Iterator[Token]]:
        """Give our own lexer."""
        return tokenize


HTML = BoundedEnvironment(autoescape=True)
TEXT = BoundedEnvironment()
