"""How large a filter's result would be, or how much work it is, for those that make much out of little."""

from collections.abc import Callable

from control_plane.templates.engine.bounds import check_length, weigh

_Growth = Callable[..., int]


def check_growth(name: str, left: object, args: tuple[object, ...]) -> None:
    """Raise `TooMuch` before a filter makes something too large."""
    growth = _GROWTHS.get(name)
    if growth is not None:
        check_length(growth(left, *args))


def _replaced(left: object, old: object = "", new: object = "", *_: object) -> int:
    text = str(left)
    return len(text) + text.count(str(old)) * len(str(new))


def _joined(left: object, separator: object = " ", *_: object) -> int:
    return weigh(left) * len(str(separator))


def _encoded(left: object, *_: object) -> int:
    return 8 * len(str(left))


def _compared_with_each_other(left: object, *_: object) -> int:
    return weigh(left) ** 2 // 4


_GROWTHS: dict[str, _Growth] = {
    "replace": _replaced,
    "join": _joined,
    "url_encode": _encoded,
    "url_decode": _encoded,
    "uniq": _compared_with_each_other,
}
