"""Knowledge on the wire, all of it."""

import strawberry

from backend.knowledge import tables
from backend.knowledge.schema_library import LibraryMutation, LibraryQuery
from backend.knowledge.schema_requests import RequestsMutation, RequestsQuery
from backend.knowledge.schema_training import TrainingMutation, TrainingQuery


@strawberry.type
class KnowledgeQuery(LibraryQuery, RequestsQuery, TrainingQuery):
    """Reading knowledge."""


@strawberry.type
class KnowledgeMutation(LibraryMutation, RequestsMutation, TrainingMutation):
    """Commands of knowledge."""


TABLES = tables
"""The workbooks this noun offers; importing them is offering them."""
