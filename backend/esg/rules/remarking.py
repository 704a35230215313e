"""Remarks of a reviewer: which of them nothing was done about."""

from collections.abc import Collection, Mapping, Sequence


def unmet(
    remarks: Sequence[Mapping[str, str]], changed: Collection[str], answered: Collection[str]
) -> list[Mapping[str, str]]:
    """Return the remarks that are neither followed nor answered in words.

    `changed` are the points that say something else since the remarks were made, `answered` those with words for the
    reviewer. A remark on the whole (an empty point) is followed by whatever changed since.
    """
    followed = {*changed, ""} if changed else set[str]()
    return [each for each in remarks if each["point"] not in followed and each["point"] not in answered]
