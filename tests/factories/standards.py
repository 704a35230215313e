"""The shipped reference files of disclosure, read without a database."""

from backend.esg import shipped
from backend.esg.rules import reading
from backend.esg.values import Standard


def content(kind: str, code: str) -> str:
    """Return the text of a shipped file."""
    return next(each.content for each in shipped.shipped() if (each.kind, each.code) == (kind, code))


def standards() -> dict[str, Standard]:
    """Return every shipped standard by code."""
    topics, metrics = reading.topics(content("topics", "topics")), reading.metrics(content("metrics", "metrics"))
    return {
        each.code: reading.standard(each.content, topics, metrics)
        for each in shipped.shipped()
        if each.kind == "standard"
    }
