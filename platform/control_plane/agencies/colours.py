"""Colours of a brand: how well text on them can be read (WCAG 2.2, 1.4.3), and the nearest shade that can be."""

import re

READABLE = 4.5
"""The contrast that text needs with what is behind it."""
PAPER, NIGHT = "#ffffff", "#171c26"
"""What is behind links on light and on dark pages."""
INK = "#10151f"

_HEX = re.compile(r"#[0-9a-f]{6}")
_STEPS = 50

Rgb = tuple[int, int, int]


def is_colour(text: str) -> bool:
    """Say whether it is `#rrggbb` in lower case."""
    return _HEX.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """Give the contrast of two colours, from 1 to 21."""
    darker, lighter = sorted((_luminance(_rgb(one)), _luminance(_rgb(other))))
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: str, behind: str) -> bool:
    """Say whether text of this colour can be read on another; then text of the other can be read on it."""
    return contrast(colour, behind) >= READABLE


def nearest_readable(colour: str, behind: str) -> str:
    """Give the colour itself, or the nearest darker or lighter shade that can be read."""
    end = (0, 0, 0) if _luminance(_rgb(behind)) > 0.2 else (255, 255, 255)
    for step in range(_STEPS + 1):
        shade = _hex(_mix(_rgb(colour), end, step / _STEPS))
        if readable(shade, behind):
            return shade
    return _hex(end)


def text_on(colour: str) -> str:
    """Give the ink or paper that reads better on a colour."""
    return max((PAPER, INK), key=lambda text: contrast(text, colour))


def style_sheet(accent: str, accent_dark: str) -> str:
    """Write the rules that put a brand's colours in the place of ours, on light and dark pages."""
    light = _rules(accent)
    dark = _rules(accent_dark or nearest_readable(accent, NIGHT))
    return (
        f":root,[data-theme=light]{{{light}}}\n"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme]){{{dark}}}}}\n"
        f"[data-theme=dark]{{{dark}}}\n"
    )


def _rules(colour: str) -> str:
    return f"--color-primary:{colour};--color-primary-content:{text_on(colour)}"


def _rgb(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hex(rgb: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*rgb)


def _mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _luminance(rgb: Rgb) -> float:
    red, green, blue = (_linear(part / 255) for part in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
