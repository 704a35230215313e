"""Files on the wire: a link to one, and its kind. Their bytes go through REST doors."""

from enum import Enum

import strawberry


@strawberry.type(description="A file to download with the same token as this answer.")
class FileLink:
    """A file to download."""

    url: str = strawberry.field(description="Path on this server.")
    file_name: str = strawberry.field(description="Suggested name.")


@strawberry.enum(description="A kind of file.")
class FileFormat(Enum):
    """A kind of file."""

    XLSX = "xlsx"
    CSV = "csv"
