"""Values of open data: a year's table as it is published, and what is said of it."""

from dataclasses import dataclass
from datetime import datetime

DATASET_LICENCE_ZH = "由本辖区主管部门公开发布；小样本分组已隐去。"
DATASET_LICENCE_EN = "Published by the authority of this jurisdiction; small groups are hidden."


@dataclass(frozen=True, slots=True)
class OpenYear:
    """A year as published: `content` is its JSON, `sha256` over its UTF-8 bytes. Published once, and for good."""

    year: int
    content: str
    sha256: str
    hidden: int
    published_at: datetime
