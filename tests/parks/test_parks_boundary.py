"""A park's boundary: what is a polygon in a plausible place, and what is none."""

from decimal import Decimal
from typing import Any

import pytest

from backend.parks.errors import ParkBoundaryInvalid
from backend.parks.rules.outlining import outline

Ring = list[tuple[str, str]]
SQUARE: Ring = [("120.3", "31.5"), ("120.4", "31.5"), ("120.4", "31.6"), ("120.3", "31.6"), ("120.3", "31.5")]
HOLE: Ring = [("120.32", "31.52"), ("120.34", "31.52"), ("120.34", "31.54"), ("120.32", "31.54"), ("120.32", "31.52")]


def polygon(*rings: Ring) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[[Decimal(x), Decimal(y)] for x, y in ring] for ring in rings]}


def test_a_square_is_kept_as_given_with_its_area_on_the_ellipsoid() -> None:
    kept, area = outline(polygon(SQUARE))
    assert kept == {"type": "Polygon", "coordinates": [[list(each) for each in SQUARE]]}
    # 0.1 degrees of longitude and latitude at 31.55 N: about 9.50 km by 11.09 km.
    assert area == Decimal(105_281_486)
    assert outline(polygon(SQUARE[::-1]))[1] == area


def test_a_hole_is_taken_out() -> None:
    assert outline(polygon(SQUARE, HOLE))[1] == Decimal(105_281_486) - outline(polygon(HOLE))[1]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (None, "a GeoJSON Polygon is needed"),
        ({"type": "Point", "coordinates": [1, 2]}, "a GeoJSON Polygon is needed"),
        ({"type": "Polygon", "coordinates": []}, "rings are needed"),
        (polygon(SQUARE[:3]), "fewer than 4 points"),
        (polygon(SQUARE[:4]), "not closed"),
        (polygon([SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3], SQUARE[0]]), "crosses itself"),
        (polygon(SQUARE, [("119", "31"), ("119.1", "31"), ("119.1", "31.1"), ("119", "31")]), "crosses itself"),
        (polygon([(y, x) for x, y in SQUARE]), "longitude 73.4 to 135.1"),
        (polygon([("0", "0"), ("1", "0"), ("1", "1"), ("0", "0")]), "cannot be"),
        ({"type": "Polygon", "coordinates": [[["a", "b"]] * 4]}, "no longitude and latitude"),
        ({"type": "Polygon", "coordinates": [[["120", "31", "5"]] * 4]}, "no longitude and latitude"),
        ({"type": "Polygon", "coordinates": [[["NaN", "31"]] * 4]}, "cannot be"),
        (polygon([("120", "31"), ("120.0001", "31"), ("120.0001", "31.0001"), ("120", "31")]), "no park's area"),
        (polygon([("100", "30"), ("110", "30"), ("110", "40"), ("100", "30")]), "no park's area"),
        ({"type": "Polygon", "coordinates": [SQUARE * 1200]}, "not closed|more than 5000|crosses itself"),
    ],
)  # fmt: skip
def test_what_is_no_boundary_is_named(given: Any, reason: str) -> None:
    with pytest.raises(ParkBoundaryInvalid, match=reason) as refusal:
        outline(given)
    assert refusal.value.path == ("input", "boundary")
    assert "intersection" not in refusal.value.message("zh").lower(), "the library's own words are English"
