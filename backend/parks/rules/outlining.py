"""Check a park's boundary: a GeoJSON polygon of longitudes and latitudes (CGCS2000 or WGS 84, degrees).

Whether rings close, cross or overlap is judged by GEOS (shapely); the area is that on the WGS 84 ellipsoid (geographiclib).
Coordinates are kept as they were given; only the area is a statistic.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from backend.parks.errors import ParkBoundaryInvalid

WEST, EAST, SOUTH, NORTH = Decimal("73.4"), Decimal("135.1"), Decimal("17.9"), Decimal("53.6")
"""The mainland and its neighbouring islands: where a park of ours can lie, in degrees."""
MOST_POINTS, MOST_RINGS, FEWEST = 5_000, 50, 4
LEAST_AREA, MOST_AREA = Decimal(1_000), Decimal(5_000_000_000)
"""m2: less than a plot of 1,000 m2 or more than 5,000 km2 is no park."""

Point = tuple[Decimal, Decimal]


def outline(given: Any) -> tuple[dict[str, Any], Decimal]:  # noqa: ANN401 - whatever JSON somebody sent
    """Return a boundary as it is kept, with coordinates as plain decimal text, and its area in m2 to a whole m2.

    Raises:
        ParkBoundaryInvalid: no polygon, an open or crossing ring, too many points, or outside the country.
    """
    if (
        not isinstance(given, Mapping)
        or given.get("type") != "Polygon"
        or not isinstance(given.get("coordinates"), list)
    ):
        raise _invalid("需为 GeoJSON 的 Polygon", "a GeoJSON Polygon is needed")
    rings: list[Any] = given["coordinates"]
    if not 1 <= len(rings) <= MOST_RINGS:
        raise _invalid(f"环数应为 1 至 {MOST_RINGS}", f"1 to {MOST_RINGS} rings are needed")
    read = [_ring(each, place) for place, each in enumerate(rings)]
    if sum(len(each) for each in read) > MOST_POINTS:
        raise _invalid(f"坐标点超过 {MOST_POINTS} 个", f"there are more than {MOST_POINTS} points")
    _check_shape(read)
    area = _area(read)
    if not LEAST_AREA <= area <= MOST_AREA:
        raise _invalid(
            f"面积 {area} 平方米不像一个园区（应为 {LEAST_AREA} 至 {MOST_AREA} 平方米）",
            f"{area} m2 is no park's area ({LEAST_AREA} to {MOST_AREA} m2)",
        )
    return {"type": "Polygon", "coordinates": [[[str(x), str(y)] for x, y in ring] for ring in read]}, area


def _ring(given: Any, place: int) -> list[Point]:  # noqa: ANN401 - JSON
    if not isinstance(given, list) or len(given) < FEWEST:
        raise _invalid(f"第 {place + 1} 个环少于 {FEWEST} 个坐标点", f"ring {place + 1} has fewer than {FEWEST} points")
    points = [_point(each, place, at) for at, each in enumerate(given)]
    if points[0] != points[-1]:
        raise _invalid(
            f"第 {place + 1} 个环没有闭合（首尾坐标应相同）",
            f"ring {place + 1} is not closed: its first and last points differ",
        )
    return points


def _point(given: Any, place: int, at: int) -> Point:  # noqa: ANN401 - JSON
    where_zh, where_en = f"第 {place + 1} 个环第 {at + 1} 点", f"ring {place + 1}, point {at + 1}"
    try:
        x, y = (Decimal(str(each)) for each in given)
    except (TypeError, ValueError, InvalidOperation):
        raise _invalid(f"{where_zh}不是经纬度", f"{where_en} is no longitude and latitude") from None
    if not (x.is_finite() and y.is_finite() and WEST <= x <= EAST and SOUTH <= y <= NORTH):
        raise _invalid(
            f"{where_zh}（{x}, {y}）不在可能的范围内：经度 {WEST} 至 {EAST}，纬度 {SOUTH} 至 {NORTH}",
            f"{where_en} ({x}, {y}) cannot be: longitude {WEST} to {EAST}, latitude {SOUTH} to {NORTH}",
        )
    return x, y


def _check_shape(rings: Sequence[Sequence[Point]]) -> None:
    from shapely import Polygon  # noqa: PLC0415 - a compiled library only drawing needs
    from shapely.validation import explain_validity  # noqa: PLC0415 - the same

    plain: Any = [[(float(x), float(y)) for x, y in ring] for ring in rings]  # statistic: GEOS reckons in doubles
    polygon = Polygon(plain[0], plain[1:])
    if polygon.is_empty or not polygon.is_valid:
        # GEOS names the place in brackets behind words of its own.
        where = explain_validity(polygon).partition("[")[2].rstrip("]") or "-"
        raise _invalid(
            f"边界自相交或环相互重叠（位置 {where}）", f"the boundary crosses itself or its rings overlap (at {where})"
        )


def _area(rings: Sequence[Sequence[Point]]) -> Decimal:
    """Return the area within the first ring less that of its holes, on the ellipsoid."""
    from geographiclib.geodesic import Geodesic  # noqa: PLC0415 - only drawing needs it

    found: list[Decimal] = []
    for ring in rings:
        surround: Any = Geodesic.WGS84.Polygon()
        for x, y in ring[:-1]:
            surround.AddPoint(float(y), float(x))  # statistic: geodesics are reckoned in doubles
        found.append(abs(Decimal(surround.Compute()[2])))
    return (found[0] - sum(found[1:], Decimal(0))).quantize(Decimal(1))


def _invalid(zh: str, en: str) -> ParkBoundaryInvalid:
    return ParkBoundaryInvalid(reason_zh=zh, reason_en=en, path=("input", "boundary"))
