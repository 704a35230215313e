"""Remarks of a reviewer: which of them nothing was done about."""

from collections.abc import Collection, Mapping, Sequence


def unmet(
    remarks: Sequence[Mapping[str, str]], said: Collection[str], answered: Collection[str]
) -> list[Mapping[str, str]]:
    """Return the remarks that are neither followed nor answered in words.

    `said` are the points something was said of since the remarks were made, `answered` those with words for the reviewer.
    A remark on the whole (an empty point) is followed by whatever was said since.
    """
    followed = {*said, ""} if said else set[str]()
    return [each for each in remarks if each["point"] not in followed and each["point"] not in answered]
