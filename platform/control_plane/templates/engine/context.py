"""What a template sees while it is rendered: its data, with every step counted and everything that is absent noted."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from io import StringIO
from typing import TextIO

from liquid import BoundTemplate, RenderContext, Token, Undefined
from liquid.output import LimitedStringIO
from liquid.undefined import UNDEFINED
from liquid.utils import ReadOnlyChainMap

from control_plane.templates.engine.bounds import UNITS_PER_LOOK, Meter, weigh
from control_plane.templates.engine.growth import check_growth

MOST_OUTPUT_BYTES = 2 * 1024 * 1024

_ABSENT = object()
_CHARACTERS_PER_UNIT = 64
_SMALL_TEXT = 1024


class Missing(Undefined):
    """What the data does not have.

    It notes its path when it is written out or gone through, but not when it is asked whether it is there, nor when
    `default` stands in for it.
    """

    __slots__ = ("_noted", "_path")

    def __init__(self, path: str, noted: dict[str, None]) -> None:
        super().__init__(path)
        self._path = path
        self._noted = noted

    def note(self) -> None:
        """Say that it was needed."""
        self._noted[self._path] = None

    def __str__(self) -> str:
        self.note()
        return ""

    def __iter__(self) -> Iterator[object]:
        self.note()
        return iter(())


class Output(LimitedStringIO):
    """Where text is written to: counted, and no longer than a mail may be."""

    def __init__(self, limit: int, meter: Meter) -> None:
        super().__init__(limit)
        self._meter = meter

    def write(self, text: str) -> int:
        """Write; raises `TooMuch`, `OutputStreamLimitError`."""
        self._meter.spend(len(text) // _CHARACTERS_PER_UNIT)
        return super().write(text)


class NoTags(list[str]):
    """The tags that may not be used: none. Every node asks for them before it is rendered: so nodes are counted."""

    def __init__(self, meter: Meter) -> None:
        super().__init__()
        self._meter = meter

    def __bool__(self) -> bool:
        self._meter.spend()
        return False


class BoundedContext(RenderContext):
    """A render context that counts nodes, filters and what is written."""

    __slots__ = ("meter", "noted")

    def __init__(
        self, template: BoundTemplate, data: Mapping[str, object], meter: Meter, noted: dict[str, None]
    ) -> None:
        self.meter = meter
        self.noted = noted
        super().__init__(template, globals=data)
        self.disabled_tags = NoTags(meter)
        self.scope = ReadOnlyChainMap(self.locals, self.globals)  # without `now` and `today`, which have no time zone

    def get(self, path: list[object], *, token: Token | None, default: object = UNDEFINED) -> object:
        """Look a path up; what is absent comes back as `Missing`."""
        found = super().get(path, token=token, default=_ABSENT)
        if found is not _ABSENT:
            self._look_at_clock(found)
            return found
        return Missing(_written(path), self.noted) if default is UNDEFINED else default

    def assign(self, key: str, val: object) -> None:
        """Keep a value under a name; what a filter made was weighed already, but nobody weighs a range."""
        if isinstance(val, range):
            weigh(val)
        self.locals[key] = val

    def _look_at_clock(self, found: object) -> None:
        """Ask the clock for a large value: to compare it may take long, and a condition may hold fifty comparisons."""
        if isinstance(found, list | dict) or (isinstance(found, str) and len(found) > _SMALL_TEXT):
            self.meter.spend(UNITS_PER_LOOK)

    def filter(self, name: str, token: Token | None) -> Callable[..., object]:
        """Give a filter that works within the bounds."""
        return partial(self._within_bounds, name, super().filter(name, token))

    def _within_bounds(
        self, name: str, function: Callable[..., object], left: object, *args: object, **kwargs: object
    ) -> object:
        units = weigh(left) + sum(map(weigh, args))
        check_growth(name, left, args)
        if isinstance(left, Missing) and name != "default":
            left.note()
        self.meter.spend(units)
        result = function(left, *args, **kwargs)
        self.meter.spend(weigh(result))
        return result

    def get_buffer(self, buf: TextIO | None = None) -> StringIO:
        """Make a buffer for a part, within what is left of the whole."""
        used = buf.size if isinstance(buf, LimitedStringIO) else 0
        return Output(MOST_OUTPUT_BYTES - used, self.meter)


def _written(path: list[object]) -> str:
    """Write a path as people write it."""
    first, *rest = path
    return str(first) + "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in rest)
