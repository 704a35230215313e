"""The closed lists of disclosure: what kinds of things there are and how they may stand."""

from enum import StrEnum

ACTIONS = (
    "esg:assure",
    "esg:disclose",
    "esg:publish",
    "esg:read",
    "esg:review",
    "esg:supervise",
)
"""The permissions of this noun: filling a disclosure, reviewing it, publishing it, a verifier's assurance statement,
and what an authority keeps (listed firms, service bodies, white papers)."""

FIRST_YEAR = 2020
"""The earliest year a disclosure is kept for."""

TOPICS = 21
"""Topics of the exchanges' guidelines."""


class Pillar(StrEnum):
    """Environment, society, governance."""

    ENVIRONMENT = "e"
    SOCIETY = "s"
    GOVERNANCE = "g"


class RequirementKind(StrEnum):
    """What answers a requirement: a figure, a text, or a plain fact."""

    QUANTITATIVE = "quantitative"
    NARRATIVE = "narrative"
    FACT = "fact"


class Level(StrEnum):
    """How strongly a standard asks, of whom it applies to. `MATERIAL`: mandatory when the topic is material."""

    MANDATORY = "mandatory"
    MATERIAL = "material"
    ENCOURAGED = "encouraged"


class Relation(StrEnum):
    """How a requirement relates to one of another standard.

    `NARROWER`: an answer to the other answers this one too, not the other way round. `PARTIAL`: they overlap.
    """

    SAME = "same"
    NARROWER = "narrower"
    PARTIAL = "partial"


class Applies(StrEnum):
    """Whether a standard binds an account for a year. What cannot be told blocks a publication as a duty would."""

    MANDATORY = "mandatory"
    VOLUNTARY = "voluntary"
    CANNOT_TELL = "cannot_tell"


class DutyState(StrEnum):
    """How a disclosure that is due stands."""

    DONE = "done"
    DONE_LATE = "done_late"
    DUE = "due"
    LATE = "late"
    VOLUNTARY = "voluntary"
    CANNOT_TELL = "cannot_tell"


class State(StrEnum):
    """A disclosure on its way: filled, reviewed by a second person in rounds, published for good."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    PUBLISHED = "published"


class EntryKind(StrEnum):
    """What was said of a point.

    `PREFILL` came from the account, `ANSWER` from the owner where nothing is prefilled, `OVERRIDE` from the owner against
    what is prefilled, `OMISSION` says why it is left out, `WITHDRAWAL` takes the owner's last word back.
    """

    PREFILL = "prefill"
    ANSWER = "answer"
    OVERRIDE = "override"
    OMISSION = "omission"
    WITHDRAWAL = "withdrawal"


class PointState(StrEnum):
    """How a point stands. `RESTATED`: its source was restated after it was filled in. `UNKNOWN`: it cannot be told."""

    MISSING = "missing"
    UNKNOWN = "unknown"
    FILLED = "filled"
    OMITTED = "omitted"
    RESTATED = "restated"


class GapKind(StrEnum):
    """What a disclosure lacks."""

    APPLICABILITY = "applicability"
    MISSING_MANDATORY = "missing_mandatory"
    MISSING = "missing"
    MISSING_EVIDENCE = "missing_evidence"
    RESTATED = "restated"
    UNASSESSED = "unassessed"
    UNREVIEWED = "unreviewed"


class Step(StrEnum):
    """What moved a disclosure on."""

    OPEN = "open"
    SUBMIT = "submit"
    RETURN = "return"
    APPROVE = "approve"
    PUBLISH = "publish"
    CORRECT = "correct"


class AssuranceLevel(StrEnum):
    """How sure a verifier is."""

    LIMITED = "limited"
    REASONABLE = "reasonable"


class Exchange(StrEnum):
    """Where shares are listed. `NONE`: nowhere; `ELSEWHERE`: only outside the three mainland exchanges."""

    SSE = "sse"
    SZSE = "szse"
    BSE = "bse"
    ELSEWHERE = "elsewhere"
    NONE = "none"


class Index(StrEnum):
    """Indices whose members must report."""

    SSE180 = "sse180"
    STAR50 = "star50"
    SZSE100 = "szse100"
    CHINEXT = "chinext"


class Grade(StrEnum):
    """Grades of disclosure quality, best first."""

    AAA = "AAA"
    AA = "AA"
    A = "A"
    BBB = "BBB"
    BB = "BB"
    B = "B"
    CCC = "CCC"
    CC = "CC"
    C = "C"
