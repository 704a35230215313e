"""A park's boundary as a drawing: its outline to scale, north up, with a scale bar and the outermost coordinates (四至).

Degrees of longitude are shortened by the cosine of the middle latitude, which within a park differs from the ellipsoid by
less than the width of a line. A drawing is looked at; nothing is reckoned from it.
"""

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

WIDTH, HEIGHT, SIDE, EDGE, FOOT = 560, 360, 104, 34, 34
METRES_A_DEGREE = 111_320
BARS = (10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10)
LONGEST_BAR = 160
INK, LAND, LINE = "#16241f", "#dcece4", "#1f6f54"

Ring = Sequence[tuple[Decimal, Decimal]]


def rings_of(polygon: Mapping[str, Any]) -> list[Ring]:
    """Return a kept polygon's rings as longitudes and latitudes."""
    return [[(Decimal(x), Decimal(y)) for x, y in ring] for ring in polygon["coordinates"]]


def extent(rings: Sequence[Ring]) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """Return the outermost coordinates: west, east, south, north, as they were given."""
    xs, ys = [x for x, _ in rings[0]], [y for _, y in rings[0]]
    return min(xs), max(xs), min(ys), max(ys)


def outline_svg(polygon: Mapping[str, Any], language: str = "zh") -> str:
    """Return the drawing as SVG."""
    rings = rings_of(polygon)
    west, east, south, north = extent(rings)
    squeeze = math.cos(math.radians(float(south + north) / 2))  # statistic: a drawing
    across, up = float(east - west) * squeeze, float(north - south)  # statistic: a drawing
    scale = min((WIDTH - 2 * SIDE) / across, (HEIGHT - 2 * EDGE - FOOT) / up)
    left, top = (WIDTH - across * scale) / 2, EDGE + (HEIGHT - 2 * EDGE - FOOT - up * scale) / 2

    def place(x: Decimal, y: Decimal) -> str:
        at = left + float(x - west) * squeeze * scale  # statistic: a drawing
        return f"{at:.1f} {top + float(north - y) * scale:.1f}"  # statistic: a drawing

    path = "".join(f"M{'L'.join(place(x, y) for x, y in ring[:-1])}Z" for ring in rings)
    metre = scale / METRES_A_DEGREE
    bar = next((each for each in BARS if each * metre <= LONGEST_BAR), BARS[-1])
    named = f"{bar // 1000} km" if bar >= 1000 else f"{bar} m"  # noqa: PLR2004 - metres in a kilometre
    words = ("东至", "西至", "南至", "北至", "北") if language == "zh" else ("E", "W", "S", "N", "N")
    middle, level, foot = WIDTH // 2, (HEIGHT - FOOT) // 2, HEIGHT - 14
    texts = [
        (middle, EDGE - 12, "middle", f"{words[3]} {north}"),
        (middle, HEIGHT - FOOT - EDGE + 20, "middle", f"{words[2]} {south}"),
        (6, level, "start", f"{words[1]} {west}"), (WIDTH - 6, level, "end", f"{words[0]} {east}"),
        (EDGE + bar * metre + 8, foot + 4, "start", named), (WIDTH - 20, 22, "middle", words[4]),
    ]  # fmt: skip
    shown = "".join(
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="11" fill="{INK}"'
        f' font-family="Noto Sans SC, sans-serif">{said}</text>'
        for x, y, anchor, said in texts
    )
    end = EDGE + bar * metre
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<path d="{path}" fill="{LAND}" fill-rule="evenodd" stroke="{LINE}" stroke-width="1.5"/>'
        f'<path d="M{EDGE} {foot - 4}V{foot}H{end:.1f}V{foot - 4}" fill="none" stroke="{INK}"/>'
        f'<path d="M{WIDTH - 20} 28V50M{WIDTH - 24} 35L{WIDTH - 20} 28L{WIDTH - 16} 35" fill="none" stroke="{INK}"/>'
        f"{shown}</svg>"
    )
