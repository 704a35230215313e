"""Ratings are made at publication, at assurance and when the rubric changes; they only append, and strangers see none."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from factories import disclosure as make
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backend.accounts.errors import AccountNotFound
from backend.esg import service
from backend.esg.rating import keeping
from backend.esg.rating.rubric import FOLDER, Rubric, read, rubric
from backend.esg.values import AssuranceLevel, PublicationValue, RatingValue
from backend.kit.db import Databases
from backend.kit.scope import Kind, Scope

SHIPPED = (FOLDER / "rubric-2026.1.toml").read_text(encoding="utf-8")


async def assured(databases: Databases, firm: make.Firm, publication: PublicationValue, level: AssuranceLevel) -> None:
    async with databases.write(firm.verifier) as write:
        await service.assure(
            write, firm.verifier, key=(firm.id, publication.id), level=level, standard="ISAE 3000", extent="范围一、二",
            opinion="意见", evidence_ids=[],
        )  # fmt: skip


async def rating_of(databases: Databases, firm: make.Firm, scope: Scope | None = None) -> RatingValue | None:
    caller = scope or firm.writer
    async with databases.read(caller) as read_:
        return (await service.rating(read_, caller, [firm.id], make.YEAR)).get(firm.id)


async def test_a_publication_is_rated_and_again_when_it_is_assured(databases: Databases) -> None:
    firm = await make.firm_of(databases)
    assert await rating_of(databases, firm) is None
    publication = await make.published(databases, firm)
    first = await rating_of(databases, firm)
    assert first is not None
    assert (first.rubric_code, first.rubric_version, first.is_placeholder) == ("disclosure_quality", "2026.1", True)
    assert first.disclosure_id == publication.disclosure_id
    reasons = {each["code"]: each for each in first.reasons["criteria"]}
    assert set(reasons) == {"mandatory", "quantitative", "assurance", "comparatives", "narrative", "timeliness"}
    assert first.points == sum(Decimal(each["points"]) for each in reasons.values())
    assert reasons["assurance"]["points"] == "0.00"
    assert reasons["timeliness"]["why_en"].endswith("the deadline is 2026-04-30.")
    await assured(databases, firm, publication, AssuranceLevel.LIMITED)
    second = await rating_of(databases, firm)
    assert second is not None
    assert second.points == first.points + Decimal("10.50")
    async with databases.read(firm.writer) as read_:
        before = await service.rating(
            read_, firm.writer, [firm.id], make.YEAR, second.rated_at - timedelta(microseconds=1)
        )
        all_ = await service.ratings(read_, firm.writer, firm.id, year=make.YEAR, after=None, limit=10)
        rest = await service.ratings(
            read_, firm.writer, firm.id, year=None, after=(all_[0].rated_at, all_[0].id), limit=10
        )
    assert before[firm.id] == first, "as of a past moment it is what it was"
    assert [each.cause for each in all_] == ["assurance", "publication"]
    assert rest == all_[1:]


async def test_strangers_see_no_rating_and_nobody_changes_one(databases: Databases) -> None:
    firm, stranger = await make.firm_of(databases), await make.firm_of(databases)
    await make.published(databases, firm)
    assert await rating_of(databases, firm, firm.authority) is not None
    assert await rating_of(databases, firm, firm.verifier) is not None
    assert await rating_of(databases, firm, stranger.writer) is None
    lender = replace(stranger.writer, kind=Kind.BANK)
    assert await rating_of(databases, firm, lender) is None
    with pytest.raises(AccountNotFound):
        async with databases.read(stranger.writer) as read_:
            await service.ratings(read_, stranger.writer, firm.id, year=None, after=None, limit=10)
    for verb in ("update esg_rating set grade = 'AAA'", "delete from esg_rating"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with databases.write(firm.writer) as write:
                await write.run(text(verb))


async def test_a_changed_rubric_rates_the_newest_publication_once_more(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    firm = await make.firm_of(databases)
    await make.published(databases, firm)
    told = read(SHIPPED.replace('version = "2026.1"', f'version = "2026.1-{firm.id.hex[:8]}"'))

    def changed(_on: date) -> Rubric:
        return told

    monkeypatch.setattr(keeping, "rubric", changed)
    system = firm.place.system
    async with databases.write(system) as write:
        assert await service.rate_all(write, system) >= 1
    async with databases.write(system) as write:
        assert await service.rate_all(write, system) == 0
    found = await rating_of(databases, firm)
    assert found is not None
    assert found.rubric_version == told.version
    monkeypatch.undo()
    assert rubric(date(2026, 11, 21)).version == "2026.1"
    async with databases.read(firm.writer) as read_:
        all_ = await service.ratings(read_, firm.writer, firm.id, year=None, after=None, limit=10)
    assert [each.cause for each in all_] == ["rubric", "publication"]


async def test_a_correction_is_rated_by_the_first_day_of_its_year(databases: Databases) -> None:
    firm = await make.firm_of(databases)
    publication = await make.published(databases, firm)
    async with databases.write(firm.writer) as write:
        again = await service.correct(write, firm.writer, key=(firm.id, publication.id), reason="更正")
    corrected = await make.published(databases, firm, again)
    found = await rating_of(databases, firm)
    assert found is not None
    assert found.disclosure_id == corrected.disclosure_id != publication.disclosure_id
