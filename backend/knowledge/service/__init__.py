"""What the rest of the house may ask of knowledge."""

from backend.knowledge.library.furnishing import furnish
from backend.knowledge.library.importing import import_entries
from backend.knowledge.library.queries import explains, search
from backend.knowledge.library.recording import record_entries, record_entry, withdraw_entry
from backend.knowledge.library.texting import record_text
from backend.knowledge.library.training import attach_file, attachable, complete_training, completions, file
from backend.knowledge.requests.asking import answer_request, request_factor, withdraw_request

__all__ = [
    "answer_request",
    "attach_file",
    "attachable",
    "complete_training",
    "completions",
    "explains",
    "file",
    "furnish",
    "import_entries",
    "record_entries",
    "record_entry",
    "record_text",
    "request_factor",
    "search",
    "withdraw_entry",
    "withdraw_request",
]
