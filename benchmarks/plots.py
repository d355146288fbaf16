"""Charts as SVG files for the documentation: lines, steps and stacked areas, drawn without a library."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

import msgspec

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM, _RIGHT = 760, 260, 64, 36, 34, 12
_LINES = 4


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """Values along the horizontal axis, under a name and in a colour."""

    name: str
    values: tuple[float, ...]
    colour: str
    is_area: bool = False
    """Filled, and stacked upon the areas before it; otherwise a stepped line."""


def write(path: Path, title: str, series: Sequence[Series], *, first: int = 1, unit: str = "day") -> None:
    """Draw one chart; the horizontal axis counts from `first`."""
    count = max(len(each.values) for each in series)
    top = _nice(max(_highest(series), 1))
    body = [_grid(top), _axis(count, first, unit), *_shapes(series, count, top), _legend(series)]
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'font-family="system-ui, sans-serif" font-size="11" fill="#475569">\n'
        f'<title>{escape(title)}</title>\n<rect width="100%" height="100%" rx="8" fill="#ffffff"/>\n'
        f'<text x="{_LEFT}" y="20" font-size="13" font-weight="600" fill="#0f172a">{escape(title)}</text>\n'
        + "\n".join(body)
        + "\n</svg>\n"
    )


def _highest(series: Sequence[Series]) -> float:
    areas = [each.values for each in series if each.is_area]
    stacked = [sum(column) for column in zip(*areas, strict=True)] if areas else []
    return max([*stacked, *(value for each in series if not each.is_area for value in each.values)], default=1)


def _shapes(series: Sequence[Series], count: int, top: float) -> list[str]:
    shapes, base = [], [0.0] * count
    for each in series:
        if each.is_area:
            upper = [low + value for low, value in zip(base, each.values, strict=True)]
            points = _steps(upper, count, top) + _steps(base, count, top)[::-1]
            shapes.append(f'<polygon points="{" ".join(points)}" fill="{each.colour}" fill-opacity="0.75"/>')
            base = upper
        else:
            points = _steps(each.values, count, top)
            shapes.append(
                f'<polyline points="{" ".join(points)}" fill="none" stroke="{each.colour}" stroke-width="2"/>'
            )
    return shapes


def _steps(values: Sequence[float], count: int, top: float) -> list[str]:
    return [
        f"{_x(index + edge, count):.1f},{_y(value, top):.1f}" for index, value in enumerate(values) for edge in (0, 1)
    ]


def _grid(top: float) -> str:
    lines = []
    for number in range(_LINES + 1):
        value = top * number / _LINES
        y = _y(value, top)
        lines.append(f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e2e8f0"/>')
        lines.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value:,.0f}</text>')
    return "\n".join(lines)


def _axis(count: int, first: int, unit: str) -> str:
    every = max(count // 8, 1)
    return "\n".join(
        f'<text x="{_x(index + 0.5, count):.1f}" y="{_HEIGHT - 12}" text-anchor="middle">{unit} {index + first}</text>'
        for index in range(0, count, every)
    )


def _legend(series: Sequence[Series]) -> str:
    parts, x = [], _WIDTH - _RIGHT
    for each in reversed(series):
        x -= 7 * len(each.name) + 26
        parts.append(f'<rect x="{x}" y="11" width="10" height="10" rx="2" fill="{each.colour}"/>')
        parts.append(f'<text x="{x + 15}" y="20">{escape(each.name)}</text>')
    return "\n".join(parts)


def _x(place: float, count: int) -> float:
    return _LEFT + place * (_WIDTH - _LEFT - _RIGHT) / count


def _y(value: float, top: float) -> float:
    return _HEIGHT - _BOTTOM - value / top * (_HEIGHT - _TOP - _BOTTOM)


def _nice(highest: float) -> float:
    step = 1.0
    while True:
        for factor in (1, 2, 4, 6, 8):
            if highest <= step * factor:
                return step * factor
        step *= 10
