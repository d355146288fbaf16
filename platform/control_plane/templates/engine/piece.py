"""One piece of a template, a subject, an HTML or a text: parsed once, rendered often."""

from collections.abc import Iterator, Mapping

from liquid import BoundTemplate, Environment, RenderContext
from liquid.builtin.expressions.logical import ContainsExpression
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.exceptions import LiquidError
from liquid.expression import Expression

from control_plane.templates.engine.bounds import Meter
from control_plane.templates.engine.context import MOST_OUTPUT_BYTES, BoundedContext, Output
from control_plane.templates.fault import Fault

_LONGEST_MESSAGE = 300


class Piece:
    """A parsed piece; nothing in it changes, so threads may share it."""

    def __init__(self, environment: Environment, source: str) -> None:
        self._source = source
        self._template = _parsed(environment, source)
        self._check_filters()
        self._check_ranges()

    def render(self, data: Mapping[str, object], meter: Meter, noted: dict[str, None]) -> str:
        """Fill it in; the paths of what was needed and absent are noted. Raises `Fault`."""
        output = Output(MOST_OUTPUT_BYTES, meter)
        try:
            self._template.render_with_context(BoundedContext(self._template, data, meter, noted), output)
        except LiquidError as error:
            raise Fault(_told(error)) from error
        except Exception as error:  # whatever a filter was given, the template gave it
            raise Fault("This cannot be worked out with the data that it was given.") from error
        return output.getvalue()

    def _check_filters(self) -> None:
        """Raise `Fault` for a filter that there is not; python-liquid would find out when it comes to it."""
        known = self._template.env.filters
        for name, places in self._template.analyze(include_partials=False).filters.items():
            if name not in known:
                line = _line(self._source, places[0].index)
                raise Fault(f"Line {line}: there is no filter {name[:64]!r}: see the list in the documentation.")

    def _check_ranges(self) -> None:
        """Raise `Fault` where a range is searched: that would go through it number by number, however long it is."""
        for expression in _expressions(self._template):
            if isinstance(expression, ContainsExpression) and isinstance(expression.left, RangeLiteral):
                line = _line(self._source, expression.token.start_index)
                raise Fault(f"Line {line}: compare numbers with < and > instead of looking for one in a range.")


def _expressions(template: BoundTemplate) -> Iterator[Expression]:
    """Give all expressions, with what is in them."""
    context = RenderContext(template)
    nodes, found = list(template.nodes), list[Expression]()
    while nodes:
        node = nodes.pop()
        nodes.extend(node.children(context, include_partials=False))
        found.extend(node.expressions())
    while found:
        expression = found.pop()
        found.extend(expression.children())
        yield expression


def _parsed(environment: Environment, source: str) -> BoundTemplate:
    try:
        return environment.from_string(source)
    except LiquidError as error:
        raise Fault(_told(error)) from error
    except RecursionError as error:
        raise Fault("This is nested too deeply.") from error


def _told(error: LiquidError) -> str:
    """Say what is wrong, and where if that is known."""
    what = str(error.message or "this is not Liquid")[:_LONGEST_MESSAGE].rstrip(".")
    token = error.token
    if token is None or token.start_index < 0:
        return f"{what[:1].upper()}{what[1:]}."
    return f"Line {_line(token.source, token.start_index)}: {what}."


def _line(source: str, index: int) -> int:
    return source.count("\n", 0, index) + 1
