"""Which budget is handed down from which: the nearest division above, of the same sector and years."""

from collections.abc import Iterable

from backend.budgets.values import ALL_SECTORS, LineValue


def is_above(upper: LineValue, lower: LineValue) -> bool:
    """Tell whether one line may hand down to the other: a division's to those below it and to its key units."""
    if upper.account_id is not None or upper.id == lower.id:
        return False
    if (upper.sector, upper.first_year, upper.last_year) != (lower.sector, lower.first_year, lower.last_year):
        return False
    if lower.account_id is not None:
        return upper.sector == ALL_SECTORS and lower.division_path.startswith(upper.division_path)
    return lower.division_path != upper.division_path and lower.division_path.startswith(upper.division_path)


def chain(line: LineValue, lines: Iterable[LineValue]) -> list[LineValue]:
    """Return the lines above a line, nearest first."""
    return sorted((each for each in lines if is_above(each, line)), key=lambda each: -len(each.division_path))


def parent(line: LineValue, lines: Iterable[LineValue]) -> LineValue | None:
    """Return the line a line is handed down from, None at the top."""
    found = chain(line, lines)
    return found[0] if found else None


def adopted(line: LineValue, lines: Iterable[LineValue]) -> list[LineValue]:
    """Return the lines that are handed down from this one once it is there beside them."""
    everything = [*lines, line]
    return [each for each in everything if is_above(line, each) and parent(each, everything) == line]
