"""Background work of the statements."""

from backend.statements.bundle.jobs import make_bundle

__all__ = ["make_bundle"]
