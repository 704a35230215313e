"""Serials of a registry as they are printed, read in one way only. Pure."""

import re

LONGEST = 100
ENDS = re.compile(r"(.*?)(\d{1,18})")


def serial_run(first: str, last: str) -> tuple[str, int, int] | None:
    """Return the part of two serials that stays, and the numbers that count on; None when the two form no run.

    The number is every digit at the end (at most 18), so that a serial is read in one way only: the width is part of
    what stays. How registries build their serials is not published in what we could read.
    """
    if max(len(first), len(last)) > LONGEST:
        return None
    start, end = (ENDS.fullmatch(re.sub(r"\s", "", each).upper()) for each in (first, last))
    if start is None or end is None:
        return None
    if (start[1], len(start[2])) != (end[1], len(end[2])) or int(start[2]) > int(end[2]):
        return None
    return f"{start[1]}#{len(start[2])}", int(start[2]), int(end[2])


def serial_of(frame: str, number: int) -> str:
    """Return a serial as it is printed."""
    head, _, width = frame.rpartition("#")
    return f"{head}{number:0{int(width)}d}"
