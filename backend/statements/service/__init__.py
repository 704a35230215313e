"""Commands of the statements, and the reads other nouns and the doors ask for.

The names below are what the rest of the house may use.
"""

from backend.statements.account.gathering import account_statement
from backend.statements.account.issuing import draft_statement, issued_statement, make_files, record_statement
from backend.statements.account.queries import statement_by_number, statements, superseded
from backend.statements.queries import certificate_by_number, certificates, standings
from backend.statements.service.issuing import certificate, draft_certificate, record_certificate
from backend.statements.service.keys import document_key, public_keys, renew_document_key

__all__ = [
    "account_statement",
    "certificate",
    "certificate_by_number",
    "certificates",
    "document_key",
    "draft_certificate",
    "draft_statement",
    "issued_statement",
    "make_files",
    "public_keys",
    "record_certificate",
    "record_statement",
    "renew_document_key",
    "standings",
    "statement_by_number",
    "statements",
    "superseded",
]
