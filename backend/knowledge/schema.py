"""Knowledge on the wire."""

import strawberry


@strawberry.type
class KnowledgeQuery:
    """Reading knowledge."""


@strawberry.type
class KnowledgeMutation:
    """Commands of knowledge."""
