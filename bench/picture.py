"""The figures of `make bench` over the number of calls, as SVG. Pure."""

from collections.abc import Mapping, Sequence
from html import escape

PANELS = {
    "cpu_seconds_per_call_minute": "processor seconds per call-minute",
    "added_ms_p50": "added ms, p50",
    "response_ms_p95": "first audio, ms, p95",
    "memory_mb_per_call": "MB per live call",
}
COLOURS = ("#1f6feb", "#d1691e")
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 320, 220, 48, 34, 16, 34

Figures = Mapping[str, Mapping[int, Mapping[str, float | None]]]
"""Of each bot, and each number of calls, the figures by name."""


def picture(figures: Figures) -> str:
    """One panel for each main figure, two in a row; one line for each bot."""
    rows = (len(PANELS) + 1) // 2
    panels = [
        _panel(figures, name, title, number % 2 * WIDTH, number // 2 * HEIGHT)
        for number, (name, title) in enumerate(PANELS.items())
    ]
    head = f'<svg viewBox="0 0 {2 * WIDTH} {rows * HEIGHT}" xmlns="http://www.w3.org/2000/svg">'
    style = "<style>text { font: 11px Helvetica, Arial, sans-serif; fill: #333; }</style>"
    ground = '<rect width="100%" height="100%" fill="#fff"/>'
    return "\n".join([head, style, ground, *panels, "</svg>"]) + "\n"


def _panel(figures: Figures, name: str, title: str, x: int, y: int) -> str:
    known = {
        bot: [(calls, value) for calls in sorted(by_calls) if (value := by_calls[calls][name]) is not None]
        for bot, by_calls in figures.items()
    }
    points = [point for line in known.values() for point in line]
    most_calls, most = max((c for c, _ in points), default=1), max((v for _, v in points), default=0.0) or 1.0

    def place(calls: int, value: float) -> str:
        across = LEFT + (WIDTH - LEFT - RIGHT) * calls / most_calls
        down = HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * max(0.0, value) / most
        return f"{across:.1f},{down:.1f}"

    low, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    parts = [
        f'<g transform="translate({x} {y})">',
        f'<text x="{LEFT}" y="18">{escape(title)}</text>',
        f'<path d="M{LEFT} {TOP}V{low}H{right}" fill="none" stroke="#999"/>',
        f'<text x="{LEFT - 6}" y="{TOP + 4}" text-anchor="end">{most:.3g}</text>',
        f'<text x="{LEFT - 6}" y="{low + 4}" text-anchor="end">0</text>',
        f'<text x="{right}" y="{low + 16}" text-anchor="end">{most_calls} calls</text>',
    ]
    for number, (bot, line) in enumerate(known.items()):
        parts += _line([place(*point) for point in line], bot, COLOURS[number % len(COLOURS)], number)
    return "\n".join([*parts, "</g>"])


def _line(places: Sequence[str], bot: str, colour: str, number: int) -> list[str]:
    dots = [f'<circle cx="{at.split(",")[0]}" cy="{at.split(",")[1]}" r="3" fill="{colour}"/>' for at in places]
    name = f'<text x="{LEFT + 8 + 60 * number}" y="{HEIGHT - 8}" style="fill:{colour}">{escape(bot)}</text>'
    return [f'<polyline points="{" ".join(places)}" fill="none" stroke="{colour}" stroke-width="2"/>', *dots, name]
