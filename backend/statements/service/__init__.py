"""Commands of the statements, and the reads other nouns and the doors ask for.

The names below are what the rest of the house may use.
"""

from backend.statements.queries import certificate_by_number, certificates, standings
from backend.statements.service.issuing import certificate, draft_certificate, record_certificate
from backend.statements.service.keys import document_key, public_keys, renew_document_key

__all__ = [
    "certificate",
    "certificate_by_number",
    "certificates",
    "document_key",
    "draft_certificate",
    "public_keys",
    "record_certificate",
    "renew_document_key",
    "standings",
]
