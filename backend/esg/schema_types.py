"""Disclosures, publications, assurance statements and profiles on the wire."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import strawberry

from backend.accounts.schema_types import CarbonAccount, Evidence, load_account
from backend.accounts.schema_types import evidence as evidence_node
from backend.accounts.service import evidence_by_id
from backend.esg import queries
from backend.esg.exports.values import OF_A_LANGUAGE, FileKind
from backend.esg.values import (
    AssuranceLevel,
    AssuranceValue,
    DisclosureValue,
    Exchange,
    Index,
    ProfileValue,
    PublicationValue,
    State,
)
from backend.identity.schema_types import Organisation, Person, load_organisation, load_person
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.wire.context import Context, Info
from backend.wire.nodes import Node, NodeIdInvalid, node_id, node_loader, uuids

DISCLOSURE, PUBLICATION, ASSURANCE = "Disclosure", "DisclosurePublication", "DisclosureAssurance"
PAIR = 2
"""Account and own."""

strawberry.enum(
    State,
    name="DisclosureState",
    description="`DRAFT`: filled. `IN_REVIEW`: a second person reads it. `APPROVED`: may be published. `PUBLISHED`: for good.",
)
strawberry.enum(
    FileKind,
    name="DisclosureFileKind",
    description="`PDF`, `DOCX`: for people. `XLSX`: the data points. `JSON`: the text as it was hashed. `XBRL`: an XBRL report "
    "(xBRL-JSON). `XSD`: its concepts; keep both in one folder.",
)
strawberry.enum(AssuranceLevel, name="DisclosureAssuranceLevel", description="How sure a verifier is.")
strawberry.enum(Exchange, name="StockExchange", description="Where shares are listed; `NONE`: nowhere.")
strawberry.enum(Index, name="StockIndex", description="Indices whose members must report.")


def own_key(value: str, type_name: str, *, path: tuple[str, ...] = ()) -> tuple[UUID, UUID]:
    """Return account and own id inside a global id.

    Raises:
        NodeIdInvalid: not of this type.
    """
    ids = uuids(value, type_name, path=path)
    if len(ids) != PAIR:
        raise NodeIdInvalid(id=value, expected=type_name, path=path)
    return ids[0], ids[1]


async def files(context: Context, account_id: UUID, ids: tuple[UUID, ...] | list[UUID]) -> list[Evidence]:
    """Return evidence files through the request's loader, those the caller sees."""
    found = await context.loader(evidence_by_id).load_many([(account_id, each) for each in ids])
    return [evidence_node(each) for each in found if each is not None]


@strawberry.type(description="A standard and the version of it that was used.")
class DisclosureStandardVersion:
    """A standard and the version of it that was used."""

    code: str = strawberry.field(description="The standard's code.")
    version: str = strawberry.field(description="Its version.")


def standard_versions(value: Mapping[str, str]) -> list[DisclosureStandardVersion]:
    """Return standards as the wire has them."""
    return [DisclosureStandardVersion(code=code, version=version) for code, version in sorted(value.items())]


@strawberry.type(description="A file of a disclosure; it is made when it is asked for.")
class DisclosureFile:
    """A file of a disclosure."""

    kind: FileKind = strawberry.field(description="What it is.")
    language: str = strawberry.field(description="`zh` or `en`; empty for those made for machines.")
    download_url: str = strawberry.field(
        description="Where to GET it with the same access token, relative to this host."
    )


def files_of(context: Context, account_id: UUID, below: str, kinds: Iterable[FileKind]) -> list[DisclosureFile]:
    """Return where the files of a disclosure are, `below` its account's address."""
    address = f"/{context.scope.tenant}/accounts/{node_id('CarbonAccount', account_id)}/{below}"
    return [
        DisclosureFile(
            kind=kind, language=language,
            download_url=f"{address}.{kind.value}" + (f"?lang={language}" if language else ""),
        )
        for kind in kinds
        for language in (("zh", "en") if kind in OF_A_LANGUAGE else ("",))
    ]  # fmt: skip


@strawberry.type(
    name=DISCLOSURE,
    description="A version of an account's disclosure (可持续信息披露) for a year: where it stands. `disclosureWork` opens it.",
)
class Disclosure(Node):
    """A version of an account's disclosure for a year."""

    account_id: strawberry.Private[UUID]
    opener_id: strawberry.Private[UUID | None]
    year: int = strawberry.field(description="The year disclosed.")
    version: int = strawberry.field(description="1, and one more with each correction.")
    state: State = strawberry.field(description="Where it stands.")
    round: int = strawberry.field(description="How often it was handed over for review.")
    standards: list[DisclosureStandardVersion] = strawberry.field(description="What it answers to.")
    threshold: Decimal = strawberry.field(description="From this score on a topic is material.")
    corrects_id: strawberry.ID | None = strawberry.field(description="The publication it corrects.")
    correction_reason: str = strawberry.field(description="Why it is corrected; empty for a first version.")
    opened_at: datetime = strawberry.field(description="When it was opened.")
    state_at: datetime = strawberry.field(description="When it came to stand there.")

    @strawberry.field(description="The account it is of.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return the account."""
        return await load_account(info.context, self.account_id)

    @strawberry.field(description="Who opened it; null where you may not know.")
    async def opened_by(self, info: Info) -> Person | None:
        """Return who opened it."""
        return await load_person(info.context, self.opener_id)

    @strawberry.field(
        description="Its files as it stands now, marked as a draft on every page; none once it is published: its publication has them."
    )
    def files(self, info: Info) -> list[DisclosureFile]:
        """Return its files."""
        kinds = () if self.state is State.PUBLISHED else (FileKind.PDF, FileKind.DOCX, FileKind.XLSX)
        return files_of(info.context, self.account_id, f"disclosures/{self.id}", kinds)


@strawberry.type(
    name=ASSURANCE,
    description="A verifier's statement (鉴证声明) on a publication, by its hash; of a correction it says nothing.",
)
class DisclosureAssurance(Node):
    """A verifier's statement on a publication."""

    account_id: strawberry.Private[UUID]
    verifier_id: strawberry.Private[UUID]
    evidence_ids: strawberry.Private[list[UUID]]
    level: AssuranceLevel = strawberry.field(description="How sure the verifier is.")
    standard: str = strawberry.field(description="What the work followed.")
    scope: str = strawberry.field(description="What it covered.")
    opinion: str = strawberry.field(description="The statement itself.")
    publication_sha256: str = strawberry.field(description="Hash of the publication's text it was made on.")
    signed_at: datetime = strawberry.field(description="When it was signed off.")

    @strawberry.field(description="The organisation that signed.")
    async def verifier(self, info: Info) -> Organisation | None:
        """Return the verifier."""
        return await load_organisation(info.context, self.verifier_id)

    @strawberry.field(description="Files it stands on.")
    async def evidence(self, info: Info) -> list[Evidence]:
        """Return its files."""
        return await files(info.context, self.account_id, self.evidence_ids)


@strawberry.type(
    name=PUBLICATION, description="A published disclosure. It never changes: a correction is another one that names it."
)
class DisclosurePublication(Node):
    """A published disclosure."""

    account_id: strawberry.Private[UUID]
    own_id: strawberry.Private[UUID]
    number: str = strawberry.field(description="Its number, e.g. `ESG-320206-000123-2025-V1`.")
    year: int = strawberry.field(description="The year disclosed.")
    version: int = strawberry.field(description="1, and one more with each correction.")
    standards: list[DisclosureStandardVersion] = strawberry.field(description="What it answers to.")
    content: str = strawberry.field(description="Its text: canonical JSON, as it was hashed.")
    sha256: str = strawberry.field(description="SHA-256 over the text's UTF-8 bytes.")
    corrects_id: strawberry.ID | None = strawberry.field(description="The publication it corrects.")
    published_at: datetime = strawberry.field(description="When it was published.")

    @strawberry.field(description="Its files: Word and PDF for people, Excel of the data points, and for machines.")
    def files(self, info: Info) -> list[DisclosureFile]:
        """Return its files."""
        return files_of(info.context, self.account_id, f"publications/{self.id}", FileKind)

    @strawberry.field(description="The account it is of.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return the account."""
        return await load_account(info.context, self.account_id)

    @strawberry.field(description="Statements of verifiers on it, oldest first.")
    async def assurances(self, info: Info) -> list[DisclosureAssurance]:
        """Return the statements on it."""
        found = await info.context.loader(assurances_of).load((self.account_id, self.own_id))
        return [assurance(each) for each in found]


async def assurances_of(read: Read, scope: Scope, keys: list[queries.Key]) -> list[list[AssuranceValue]]:
    """Return the statements on each publication; for a loader."""
    found = await queries.assurances(read, scope, keys)
    return [found[key] for key in keys]


@strawberry.type(description="What an account says of its listing and its duties. Null: not known; that frees nobody.")
class DisclosureProfile:
    """What an account says of its listing and its duties."""

    exchange: Exchange | None = strawberry.field(description="Where its shares are listed.")
    stock_code: str = strawberry.field(description="Its stock code; empty: none.")
    indices: list[Index] | None = strawberry.field(description="Indices it is a member of; empty: none of them.")
    is_dual_listed: bool | None = strawberry.field(description="Listed at home and abroad.")
    is_key_discharger: bool | None = strawberry.field(description="On the list of those who must disclose by law.")
    is_state_owned: bool | None = strawberry.field(description="State-owned.")
    is_foreign_invested: bool | None = strawberry.field(description="Foreign-invested.")
    as_of: date = strawberry.field(description="The day this was true.")
    note: str = strawberry.field(description="In words.")
    recorded_at: datetime = strawberry.field(description="When it was recorded.")


def disclosure(value: DisclosureValue) -> Disclosure:
    """Return a disclosure as the wire has it."""
    corrects = value.corrects_id
    return Disclosure(
        id=node_id(DISCLOSURE, value.account_id, value.id), account_id=value.account_id, opener_id=value.opened_by,
        year=value.year, version=value.version, state=value.state, round=value.round,
        standards=standard_versions(value.standards), threshold=value.threshold,
        corrects_id=None if corrects is None else node_id(PUBLICATION, value.account_id, corrects),
        correction_reason=value.correction_reason, opened_at=value.opened_at, state_at=value.state_at,
    )  # fmt: skip


def publication(value: PublicationValue) -> DisclosurePublication:
    """Return a publication as the wire has it."""
    corrects = value.corrects_id
    return DisclosurePublication(
        id=node_id(PUBLICATION, value.account_id, value.id), account_id=value.account_id, own_id=value.id,
        number=value.number, year=value.year, version=value.version, standards=standard_versions(value.standards),
        content=value.content, sha256=value.sha256,
        corrects_id=None if corrects is None else node_id(PUBLICATION, value.account_id, corrects),
        published_at=value.published_at,
    )  # fmt: skip


def assurance(value: AssuranceValue) -> DisclosureAssurance:
    """Return a statement as the wire has it."""
    return DisclosureAssurance(
        id=node_id(ASSURANCE, value.account_id, value.id), account_id=value.account_id,
        verifier_id=value.verifier_id, evidence_ids=list(value.evidence_ids), level=value.level,
        standard=value.standard, scope=value.scope, opinion=value.opinion,
        publication_sha256=value.publication_sha256, signed_at=value.signed_at,
    )  # fmt: skip


def profile(value: ProfileValue) -> DisclosureProfile:
    """Return a profile as the wire has it."""
    return DisclosureProfile(
        exchange=value.exchange, stock_code=value.stock_code,
        indices=None if value.indices is None else list(value.indices), is_dual_listed=value.is_dual_listed,
        is_key_discharger=value.is_key_discharger, is_state_owned=value.is_state_owned,
        is_foreign_invested=value.is_foreign_invested, as_of=value.as_of, note=value.note,
        recorded_at=value.recorded_at,
    )  # fmt: skip


async def load_disclosure(context: Context, *ids: UUID) -> Disclosure | None:
    """Return a disclosure through the request's loader, None when the caller sees none."""
    context.scope.require("esg:read")
    if len(ids) != PAIR:
        return None
    found = await context.loader(queries.disclosures_by_id).load((ids[0], ids[1]))
    return None if found is None else disclosure(found)


async def load_publication(context: Context, *ids: UUID) -> DisclosurePublication | None:
    """Return a publication through the request's loader, None when the caller sees none."""
    context.scope.require("esg:read")
    if len(ids) != PAIR:
        return None
    found = await context.loader(queries.publications_by_id).load((ids[0], ids[1]))
    return None if found is None else publication(found)


async def load_assurance(context: Context, *ids: UUID) -> DisclosureAssurance | None:
    """Return a statement through the request's loader, None when the caller sees none."""
    context.scope.require("esg:read")
    if len(ids) != PAIR:
        return None
    found = await context.loader(queries.assurances_by_id).load((ids[0], ids[1]))
    return None if found is None else assurance(found)


node_loader(DISCLOSURE)(load_disclosure)
node_loader(PUBLICATION)(load_publication)
node_loader(ASSURANCE)(load_assurance)
