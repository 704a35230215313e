"""Background work of the noun: files of certificates."""

from backend.credits.gec.jobs_import import import_certificates

__all__ = ["import_certificates"]
