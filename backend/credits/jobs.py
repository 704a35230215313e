"""Background work of the noun: files of certificates, and what a CCER registry's export means."""

from backend.credits.ccer.files import CCER_FILE
from backend.credits.gec.jobs_import import import_certificates

__all__ = ["CCER_FILE", "import_certificates"]
