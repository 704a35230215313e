"""Projects on the wire."""

import strawberry


@strawberry.type
class ProjectsQuery:
    """Reading projects."""


@strawberry.type
class ProjectsMutation:
    """Commands of projects."""
