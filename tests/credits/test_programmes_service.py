"""Regional programmes: terms set, projects registered, quantities reviewed and issued, units retired; each refused as named."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from factories import accounts, identity
from factories.accounts import Held
from factories.ledger import held as holdings
from sqlalchemy import text

from backend.credits.programmes import errors, queries, service
from backend.credits.programmes.values import RegistrationValue, State, SubmissionValue
from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.errors import CarbonError, Forbidden
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.claims.values import Use, of_serials
from backend.ledger.errors import AlreadyClaimed, InsufficientUnits, MovementNotReversible, MovementOwned
from backend.ledger.values import Bucket, Reason
from backend.tenants.values import RetirementPurpose, Rounding

CHENGDU = "510104"
WUXI = "320206"
Q1 = (date(2026, 1, 1), date(2026, 3, 31))
Q2 = (date(2026, 4, 1), date(2026, 6, 30))
DIFFERENCE = {"baseline": "120.75", "project": "20.5", "leakage": "0.249"}


async def put(databases: Databases, scope: Scope, verb: Callable[..., Any], **given: Any) -> Any:
    async with databases.write(scope) as write:
        return await verb(write, scope, **given)


async def refused(
    databases: Databases, scope: Scope, kind: type[CarbonError], verb: Callable[..., Any], **given: Any
) -> CarbonError:
    with pytest.raises(kind) as caught:
        await put(databases, scope, verb, **given)
    assert type(caught.value) is kind
    return caught.value


class Place:
    """A carbon account, the authority of its city and another officer of it."""

    def __init__(self, databases: Databases, tenant: str, held: Held, bureau: identity.Made, officer: Scope) -> None:
        self.databases, self.tenant, self.held, self.bureau, self.officer = databases, tenant, held, bureau, officer
        self.scope = held.scope

    async def registered(self, programme: str, methodology: str, code: str = "P-1") -> RegistrationValue:
        made = await put(
            self.databases, self.scope, service.register, holder_id=self.held.id, programme=programme,
            methodology=methodology, code=code, name="屋顶光伏",
        )  # fmt: skip
        assert made.state is State.SUBMITTED
        return await put(
            self.databases, self.bureau.scope, service.decide_registration, account_id=made.account_id,
            registration_id=made.id, is_approved=True,
        )  # fmt: skip

    def submission(
        self, registration: RegistrationValue, inputs: dict[str, str], period: tuple[date, date], evidence: Any
    ) -> dict[str, Any]:
        return {
            "account_id": registration.account_id, "registration_id": registration.id, "period_from": period[0],
            "period_to": period[1], "inputs": inputs, "evidence_ids": evidence,
        }  # fmt: skip

    async def submitted(
        self, registration: RegistrationValue, inputs: dict[str, str], period: tuple[date, date] = Q1
    ) -> SubmissionValue:
        evidence = await accounts.evidence_of(self.databases, self.held)
        given = self.submission(registration, inputs, period, [evidence.id])
        return await put(self.databases, self.scope, service.submit, **given)

    async def decided(
        self, submission: SubmissionValue, *, is_approved: bool = True, reason: str = ""
    ) -> SubmissionValue:
        return await put(
            self.databases, self.bureau.scope, service.decide, account_id=submission.account_id,
            submission_id=submission.id, is_approved=is_approved, reason=reason,
        )  # fmt: skip

    async def units(self, class_code: str) -> dict[str, Decimal]:
        return await holdings(self.databases, self.held.id, class_code, tenant=self.tenant)

    async def retired(self, programme: str, **given: Any) -> Any:
        given = {"purpose": RetirementPurpose.EVENT, "beneficiary": "成都马拉松", "period": 2026, **given}
        return await put(
            self.databases, self.scope, service.retire, holder_id=self.held.id, programme=programme, **given
        )


async def place(databases: Databases, tenant: str, division: str) -> Place:
    held = await accounts.held_account(databases, tenant=tenant, division=division)
    bureau = await identity.authority(databases, tenant=tenant)
    return Place(databases, tenant, held, bureau, await identity.colleague(databases, bureau, "officer"))


@pytest.fixture
async def chengdu(databases: Databases) -> Place:
    return await place(databases, "chengdu", CHENGDU)


@pytest.fixture
async def wuxi(databases: Databases) -> Place:
    return await place(databases, "wuxi", WUXI)


class TestIssue:
    async def test_a_reviewed_quantity_is_issued_rounded_down_with_its_origin(self, chengdu: Place) -> None:
        registration = await chengdu.registered("tianfu_reductions", "photovoltaics")
        waiting = await chengdu.submitted(registration, DIFFERENCE)
        assert (waiting.state, waiting.quantity, waiting.movement_id) == (State.SUBMITTED, None, None)
        assert await chengdu.units("CDCER") == {}
        issued = await chengdu.decided(waiting)
        assert (issued.computed, issued.quantity) == (Decimal("100.001"), Decimal(100))
        assert issued.setting_id is None
        assert issued.terms is not None
        assert issued.terms["rounding"] == "down"
        assert await chengdu.units("CDCER") == {"available": Decimal(100)}
        assert issued.movement_id is not None
        scope = chengdu.scope
        async with chengdu.databases.read(scope) as read:
            movement = (await ledger.movements_by_id(read, scope, [issued.movement_id]))[issued.movement_id]
            batch = (await ledger.batches(read, scope, movement.batch_ids))[movement.batch_ids[0]]
        assert (batch.vintage, batch.produced_from, batch.produced_to, batch.valid_until) == (2026, *Q1, None)
        assert (batch.project_code, batch.attributes["confidence"], batch.attributes["is_placeholder"]) == (
            "P-1", "placeholder", True,
        )  # fmt: skip
        assert batch.serials is not None

    async def test_a_rejection_says_why_and_frees_the_days(self, chengdu: Place) -> None:
        registration = await chengdu.registered("tianfu_reductions", "photovoltaics")
        waiting = await chengdu.submitted(registration, DIFFERENCE)
        key = {"account_id": waiting.account_id, "submission_id": waiting.id}
        bureau = chengdu.bureau.scope
        await refused(chengdu.databases, bureau, errors.DecisionReasonMissing, service.decide, **key, is_approved=False)
        rejected = await chengdu.decided(waiting, is_approved=False, reason="基准线未说明")
        assert (rejected.state, rejected.decision) == (State.REJECTED, "基准线未说明")
        assert await chengdu.units("CDCER") == {}
        await refused(chengdu.databases, bureau, errors.AlreadyDecided, service.decide, **key, is_approved=True)
        assert (await chengdu.submitted(registration, DIFFERENCE)).state is State.SUBMITTED

    async def test_a_day_counts_once(self, chengdu: Place) -> None:
        registration = await chengdu.registered("tianfu_reductions", "photovoltaics")
        await chengdu.decided(await chengdu.submitted(registration, DIFFERENCE))
        evidence = await accounts.evidence_of(chengdu.databases, chengdu.held)
        overlap = chengdu.submission(registration, DIFFERENCE, (Q1[1], Q2[1]), [evidence.id])
        await refused(chengdu.databases, chengdu.scope, errors.PeriodTaken, service.submit, **overlap)
        assert (await chengdu.submitted(registration, DIFFERENCE, Q2)).state is State.SUBMITTED

    async def test_a_project_is_registered_once(self, chengdu: Place) -> None:
        await chengdu.registered("tianfu_reductions", "photovoltaics")
        given = {"holder_id": chengdu.held.id, "programme": "tianfu_reductions", "code": "P-1", "name": "再次登记"}
        await refused(
            chengdu.databases, chengdu.scope, errors.CodeUsed, service.register, **given, methodology="energy_saving"
        )

    async def test_what_is_submitted_is_checked(self, chengdu: Place) -> None:
        registration = await chengdu.registered("tianfu_reductions", "photovoltaics")
        evidence = [(await accounts.evidence_of(chengdu.databases, chengdu.held)).id]
        foreign = [
            (
                await accounts.evidence_of(
                    chengdu.databases, await accounts.held_account(chengdu.databases, tenant="chengdu")
                )
            ).id
        ]
        cases: list[tuple[type[CarbonError], dict[str, str], Any, Any]] = [
            (errors.EvidenceMissing, DIFFERENCE, Q1, []),
            (errors.EvidenceUnknown, DIFFERENCE, Q1, foreign),
            (errors.InputsWrong, {"baseline": "10"}, Q1, evidence),
            (errors.InputsWrong, {**DIFFERENCE, "project": "-1"}, Q1, evidence),
            (errors.InputsWrong, {**DIFFERENCE, "wind": "1"}, Q1, evidence),
            (errors.InputsWrong, {**DIFFERENCE, "baseline": "NaN"}, Q1, evidence),
            (errors.NothingToIssue, {"baseline": "10", "project": "9.5"}, Q1, evidence),
            (errors.NothingToIssue, {"baseline": "10", "project": "20"}, Q1, evidence),
            (errors.PeriodInvalid, DIFFERENCE, (Q1[1], Q1[0]), evidence),
            (errors.PeriodInvalid, DIFFERENCE, (Q1[0], today()), evidence),
            (errors.PeriodInvalid, DIFFERENCE, (date(2011, 12, 31), Q1[1]), evidence),
        ]
        for kind, inputs, period, files in cases:
            given = chengdu.submission(registration, inputs, period, files)
            await refused(chengdu.databases, chengdu.scope, kind, service.submit, **given)
        async with chengdu.databases.read(chengdu.scope) as read:
            kept = await queries.submissions(read, chengdu.scope, queries.Listed(account_id=chengdu.held.id))
        assert kept == []

    async def test_nothing_is_submitted_under_a_registration_that_is_not_approved(self, chengdu: Place) -> None:
        made = await put(
            chengdu.databases, chengdu.scope, service.register, holder_id=chengdu.held.id,
            programme="tianfu_reductions", methodology="photovoltaics", code="P-9", name="屋顶光伏",
        )  # fmt: skip
        given = chengdu.submission(made, DIFFERENCE, Q1, [])
        await refused(chengdu.databases, chengdu.scope, errors.NotDecided, service.submit, **given)

    async def test_who_decides(self, chengdu: Place) -> None:
        registration = await chengdu.registered("tianfu_reductions", "photovoltaics")
        waiting = await chengdu.submitted(registration, DIFFERENCE)
        given = {"account_id": waiting.account_id, "submission_id": waiting.id, "is_approved": True}
        await refused(chengdu.databases, chengdu.scope, Forbidden, service.decide, **given)
        elsewhere = await identity.authority(chengdu.databases, tenant="chengdu", division="510105")
        await refused(chengdu.databases, elsewhere.scope, errors.SubmissionNotFound, service.decide, **given)
        body = await identity.verifier(chengdu.databases, tenant="chengdu")
        await refused(chengdu.databases, body.scope, errors.SubmissionNotFound, service.decide, **given)
        await identity.engaged(chengdu.databases, chengdu.held.holder, body)
        await refused(chengdu.databases, body.scope, errors.AuthorityOnly, service.decide, **given)
        assert await chengdu.units("CDCER") == {}


class TestRevoke:
    async def test_an_issue_is_revoked_here_and_not_in_the_ledger_alone(self, databases: Databases) -> None:
        wuxi = await place(databases, "wuxi", WUXI)
        bureau = wuxi.bureau.scope
        terms = {"rounding": Rounding.DOWN, "cap_total": "100", "validity_months": 0}
        given = {**SCENE, "methodology": "project_reduction", "valid_from": date(2016, 1, 1)}
        await put(databases, bureau, service.configure, **given, terms=terms)
        registration = await wuxi.registered("carbon_inclusive", "project_reduction")
        year = (date(2016, 1, 1), date(2016, 3, 31))  # a year whose cap nobody else draws on
        issued = await wuxi.decided(await wuxi.submitted(registration, DIFFERENCE, year))
        assert issued.movement_id is not None
        with pytest.raises(MovementOwned) as told:
            async with databases.write(bureau) as write:
                await ledger.correct(write, bureau, issued.movement_id, Reason(note="误签发"))
        assert told.value.details["undo"] == "revokeProgrammeSubmission"
        key = {"account_id": issued.account_id, "submission_id": issued.id}
        await refused(databases, wuxi.scope, Forbidden, service.revoke, **key, reason="误签发")
        await refused(databases, bureau, errors.DecisionReasonMissing, service.revoke, **key, reason=" ")
        waiting = await wuxi.submitted(registration, DIFFERENCE, (date(2016, 4, 1), date(2016, 6, 30)))
        other = {"account_id": waiting.account_id, "submission_id": waiting.id}
        await refused(databases, bureau, errors.NotIssued, service.revoke, **other, reason="误签发")
        await refused(databases, bureau, errors.TotalCapReached, service.decide, **other, is_approved=True)
        assert await wuxi.units("WX_CI") == {"available": Decimal(100)}
        revoked = await put(databases, bureau, service.revoke, **key, reason="误签发")
        assert (revoked.state, revoked.revocation, revoked.quantity) == (State.REVOKED, "误签发", Decimal(100))
        assert await wuxi.units("WX_CI") == {}
        await refused(databases, bureau, errors.NotIssued, service.revoke, **key, reason="误签发")
        # The cap has room for another, and the days of the revoked one can be submitted again.
        assert (await wuxi.decided(waiting)).quantity == Decimal(100)
        assert (await wuxi.submitted(registration, DIFFERENCE, year)).state is State.SUBMITTED

    async def test_what_moved_on_cannot_be_revoked_and_a_retirement_ends_with_its_claim(self, chengdu: Place) -> None:
        databases, bureau = chengdu.databases, chengdu.bureau.scope
        registration = await chengdu.registered("tianfu_reductions", "photovoltaics")
        issued = await chengdu.decided(await chengdu.submitted(registration, DIFFERENCE))
        gone = await chengdu.retired("tianfu_reductions", quantity=Decimal(30))
        key = {"account_id": issued.account_id, "submission_id": issued.id, "reason": "误签发"}
        await refused(databases, bureau, MovementNotReversible, service.revoke, **key)
        async with databases.read(chengdu.scope) as read:
            (kept,) = await queries.submissions_by_id(read, chengdu.scope, [(issued.account_id, issued.id)])
        assert kept == issued
        async with databases.write(bureau) as write:
            await ledger.correct(write, bureau, gone.id, Reason(note="误注销"))
        async with databases.read(chengdu.scope) as read:
            claims = await ledger.claims_on(read, chengdu.scope, of_serials(gone.serials))
        assert [each for each in claims if each.withdrawn_at is None] == []
        assert await chengdu.units("CDCER") == {"available": Decimal(100)}
        await put(databases, bureau, service.revoke, **key)
        assert await chengdu.units("CDCER") == {}


class TestUnknown:
    async def test_what_is_not_offered(self, chengdu: Place) -> None:
        given = {"holder_id": chengdu.held.id, "code": "P-2", "name": "项目"}
        scope, databases = chengdu.scope, chengdu.databases
        for kind, programme, methodology in (
            (errors.ProgrammeUnknown, "carbon_inclusive", "low_carbon_scene"),
            (errors.ProgrammeIssuesNothing, "green_rongrong", "x"),
            (errors.MethodologyUnknown, "tianfu_reductions", "kites"),
        ):
            await refused(
                databases, scope, kind, service.register, **given, programme=programme, methodology=methodology
            )

    async def test_a_placeholder_issues_nothing_until_it_is_set(self, wuxi: Place) -> None:
        registration = await wuxi.registered("carbon_inclusive", "low_carbon_scene")
        evidence = [(await accounts.evidence_of(wuxi.databases, wuxi.held)).id]
        # Other tests set terms of the same tenant: none reach back to this quarter.
        before = (date(2014, 10, 1), date(2014, 12, 31))
        given = wuxi.submission(registration, {"activity": "1000"}, before, evidence)
        error = await refused(wuxi.databases, wuxi.scope, errors.MethodologyNotConfigured, service.submit, **given)
        assert error.details["missing"] == "factor, validityMonths"


TERMS = {
    "factor": "0.1255",
    "rounding": Rounding.HALF_UP,
    "cap_participant": "200",
    "cap_total": "1000",
    "validity_months": 24,
}
SCENE = {
    "programme": "carbon_inclusive", "valid_from": date(2026, 1, 1), "document": "锡环〔2026〕1号（示例）", "reason": "主管部门确定",
}  # fmt: skip


class TestConfigure:
    async def test_terms_are_dated_versions_over_the_pack(self, databases: Databases) -> None:
        wuxi = await place(databases, "wuxi", WUXI)
        bureau = wuxi.bureau.scope
        given = {**SCENE, "methodology": "low_carbon_scene"}
        before = [each async for each in _settings(databases, bureau, "low_carbon_scene")]
        first = await put(databases, bureau, service.configure, **given, terms=TERMS)
        later = {**given, "valid_from": date(2026, 4, 1)}
        second = await put(
            databases, bureau, service.configure, **later, terms={**TERMS, "factor": "0.2", "rounding": Rounding.DOWN}
        )
        assert [each.version for each in (first, second)] == [len(before) + 1, len(before) + 2]
        assert (first.set_by, first.reason) == (bureau.actor_id, "主管部门确定")
        registration = await wuxi.registered("carbon_inclusive", "low_carbon_scene")
        one = await wuxi.decided(await wuxi.submitted(registration, {"activity": "1000"}, Q1))
        assert (one.computed, one.quantity, one.setting_id) == (Decimal("125.5000"), Decimal(126), first.id)
        two = await wuxi.decided(await wuxi.submitted(registration, {"activity": "123.4"}, Q2))
        assert (two.computed, two.quantity, two.setting_id) == (Decimal("24.68"), Decimal(24), second.id)
        assert one.valid_until is not None
        assert one.valid_until + timedelta(days=1) == today().replace(year=today().year + 2)
        # A third submission would bring the participant to more than its cap of 200.
        third = await wuxi.submitted(registration, {"activity": "255"}, (date(2026, 7, 1), date(2026, 7, 31)))
        key = {"account_id": third.account_id, "submission_id": third.id, "is_approved": True}
        error = await refused(databases, bureau, errors.ParticipantCapReached, service.decide, **key)
        assert (error.details["issued"], error.details["quantity"], error.details["cap"]) == ("150", "51", "200")
        assert await wuxi.units("WX_CI") == {"available": Decimal(150)}
        exactly = await wuxi.submitted(registration, {"activity": "250"}, (date(2026, 8, 1), date(2026, 8, 31)))
        assert (await wuxi.decided(exactly)).quantity == Decimal(50)

    async def test_the_cap_of_all_together_is_counted_across_accounts(self, databases: Databases) -> None:
        one, other = await place(databases, "wuxi", WUXI), await place(databases, "wuxi", "320205")
        given = {**SCENE, "methodology": "project_reduction"}
        terms = {"rounding": Rounding.DOWN, "cap_total": "150", "validity_months": 0}
        await put(databases, one.bureau.scope, service.configure, **given, terms=terms)
        registrations = [await each.registered("carbon_inclusive", "project_reduction") for each in (one, other)]
        await one.decided(await one.submitted(registrations[0], DIFFERENCE))
        waiting = await other.submitted(registrations[1], DIFFERENCE)
        key = {"account_id": waiting.account_id, "submission_id": waiting.id, "is_approved": True}
        error = await refused(databases, other.bureau.scope, errors.TotalCapReached, service.decide, **key)
        assert error.details["cap"] == "150"
        assert await other.units("WX_CI") == {}
        await other.decided(await other.submitted(registrations[1], {"baseline": "50", "project": "0"}, Q2))
        assert await other.units("WX_CI") == {"available": Decimal(50)}

    async def test_a_period_lies_in_one_period_of_a_cap(self, databases: Databases) -> None:
        chengdu = await place(databases, "chengdu", CHENGDU)
        given = {**SCENE, "programme": "tianfu_reductions", "methodology": "plastics", "valid_from": date(2025, 1, 1)}
        terms = {"rounding": Rounding.DOWN, "cap_total": "1000000", "validity_months": 0}
        await put(databases, chengdu.bureau.scope, service.configure, **given, terms=terms)
        registration = await chengdu.registered("tianfu_reductions", "plastics")
        evidence = [(await accounts.evidence_of(databases, chengdu.held)).id]
        across = chengdu.submission(registration, DIFFERENCE, (date(2025, 12, 31), date(2026, 1, 1)), evidence)
        await refused(databases, chengdu.scope, errors.PeriodAcrossCaps, service.submit, **across)

    async def test_who_sets_terms_and_which(self, wuxi: Place) -> None:
        databases, bureau = wuxi.databases, wuxi.bureau.scope
        given = {**SCENE, "methodology": "low_carbon_scene", "terms": TERMS}
        await refused(databases, wuxi.scope, Forbidden, service.configure, **given)
        await refused(databases, wuxi.officer, Forbidden, service.configure, **given)
        district = await identity.authority(databases, division=WUXI)
        await refused(databases, district.scope, errors.JurisdictionOnly, service.configure, **given)
        await refused(databases, bureau, errors.TextNotFit, service.configure, **{**given, "reason": " "})
        for terms in (
            {"factor": "0"},
            {"factor": "-1"},
            {"cap_total": "0"},
            {"validity_months": -1},
            {"factor": "NaN"},
        ):
            await refused(databases, bureau, errors.TermsInvalid, service.configure, **{**given, "terms": terms})
        project = {**given, "methodology": "project_reduction"}
        await refused(databases, bureau, errors.TermsInvalid, service.configure, **project)


async def _settings(databases: Databases, scope: Scope, methodology: str) -> Any:
    async with databases.read(scope) as read:
        for each in await queries.settings(read, scope, "carbon_inclusive", methodology):
            yield each


class TestRetire:
    async def test_tonnes_are_retired_for_an_event_and_claimed_once(self, chengdu: Place) -> None:
        registration = await chengdu.registered("tianfu_reductions", "photovoltaics")
        await chengdu.decided(await chengdu.submitted(registration, DIFFERENCE))
        movement = await chengdu.retired("tianfu_reductions", quantity=Decimal(30))
        assert (movement.purpose, movement.beneficiary, movement.quantity) == ("event", "成都马拉松", Decimal(30))
        assert await chengdu.units("CDCER") == {"available": Decimal(70), Bucket.RETIRED.value: Decimal(30)}
        async with chengdu.databases.read(chengdu.scope) as read:
            (claim,) = await ledger.claims_on(read, chengdu.scope, of_serials(movement.serials))
        assert (claim.use, claim.owner_id, claim.period, claim.movement_id) == (
            Use.EVENT, chengdu.held.id, 2026, movement.id,
        )  # fmt: skip
        async with chengdu.databases.write(chengdu.scope) as write:
            with pytest.raises(AlreadyClaimed):
                await ledger.claim(write, chengdu.scope, Use.FOOTPRINT, chengdu.held.id, of_serials(movement.serials))

    async def test_what_is_refused_changes_nothing(self, chengdu: Place) -> None:
        registration = await chengdu.registered("tianfu_reductions", "photovoltaics")
        await chengdu.decided(await chengdu.submitted(registration, DIFFERENCE))
        given = {
            "holder_id": chengdu.held.id, "programme": "tianfu_reductions", "purpose": RetirementPurpose.EVENT,
            "beneficiary": "成都马拉松", "quantity": Decimal(1),
        }  # fmt: skip
        for kind, changed in (
            (errors.PurposeNotAllowed, {"purpose": RetirementPurpose.REDEEM}),
            (errors.BeneficiaryMissing, {"beneficiary": " "}),
            (InsufficientUnits, {"quantity": Decimal(101)}),
            (errors.ProgrammeUnknown, {"programme": "kites"}),
        ):
            await refused(chengdu.databases, chengdu.scope, kind, service.retire, **{**given, **changed})
        stranger = await accounts.held_account(chengdu.databases, tenant="chengdu")
        async with chengdu.databases.write(stranger.scope) as write:
            with pytest.raises(CarbonError):
                await service.retire(write, stranger.scope, **given)
        assert await chengdu.units("CDCER") == {"available": Decimal(100)}


class TestPoints:
    async def test_points_are_issued_to_participants_and_redeemed_in_their_own_book(self, databases: Databases) -> None:
        chengdu = await place(databases, "chengdu", CHENGDU)
        bureau, officer = chengdu.bureau.scope, chengdu.officer
        scene = {**SCENE, "programme": "tianfu_points", "methodology": "public_scene"}
        terms = {"factor": "10", "rounding": Rounding.DOWN, "validity_months": 12}
        await put(databases, bureau, service.configure, **scene, terms=terms)
        person = {
            "programme": "tianfu_points",
            "code": f"C-{chengdu.held.id}"[:40],
            "name": "市民甲",
            "division_code": CHENGDU,
        }
        citizen = await put(databases, bureau, service.open_participant, **person)
        await refused(databases, bureau, errors.CodeUsed, service.open_participant, **person)
        await refused(
            databases,
            bureau,
            errors.PointsOnly,
            service.open_participant,
            **{**person, "programme": "tianfu_reductions"},
        )
        registration = await put(
            databases, bureau, service.register, holder_id=citizen.id, programme="tianfu_points",
            methodology="public_scene", code="骑行", name="绿色出行",
        )  # fmt: skip
        key = {"account_id": citizen.id, "registration_id": registration.id}
        await refused(databases, bureau, errors.OwnSubmission, service.decide_registration, **key, is_approved=True)
        await put(databases, officer, service.decide_registration, **key, is_approved=True)
        given = {**key, "period_from": Q1[0], "period_to": Q1[1], "inputs": {"activity": "12.35"}}
        await refused(databases, bureau, errors.EvidenceMissing, service.submit, **given)
        waiting = await put(databases, bureau, service.submit, **given, reference="骑行平台对账单2026Q1")
        decision = {"account_id": citizen.id, "submission_id": waiting.id, "is_approved": True}
        await refused(databases, bureau, errors.OwnSubmission, service.decide, **decision)
        issued = await put(databases, officer, service.decide, **decision)
        assert (issued.computed, issued.quantity) == (Decimal("123.50"), Decimal(123))
        spend = {
            "holder_id": citizen.id, "programme": "tianfu_points", "purpose": RetirementPurpose.REDEEM,
            "beneficiary": "环保袋", "quantity": Decimal(100),
        }  # fmt: skip
        movement = await put(databases, bureau, service.retire, **spend)
        assert (movement.class_code, movement.serials) == ("TF_POINT", ())
        assert await holdings(databases, citizen.id, "TF_POINT", tenant="chengdu") == {
            "available": Decimal(23), "retired": Decimal(100),
        }  # fmt: skip
        async with databases.read(Scope.system("chengdu")) as read:
            claims = await read.value(text("select count(*) from claim where movement_id = :id"), {"id": movement.id})
        assert claims == 0
        neighbour = await identity.authority(databases, tenant="chengdu", division="510105")
        for by, expected in ((bureau, {"available": 23, "retired": 100}), (neighbour.scope, {})):
            async with databases.read(by) as read:
                (found,) = await queries.points_of(read, by, [citizen.id])
            assert {bucket.value: int(amount) for bucket, amount in found.items()} == expected
        await refused(
            databases, bureau, errors.PurposeNotAllowed, service.retire, **{**spend, "purpose": RetirementPurpose.EVENT}
        )
        await refused(databases, neighbour.scope, errors.ParticipantNotFound, service.retire, **spend)


def test_refusals_say_states_and_purposes_in_chinese() -> None:
    assert errors.AlreadyDecided(state="approved").message("zh") == "该事项当前为“已批准”，不能再次审核。"
    waiting = errors.NotDecided(registration="P-1", state="submitted")
    assert waiting.message("zh") == "登记“P-1”当前为“待审核”，批准后方可申报数量。"
    refused = errors.PurposeNotAllowed(programme="tianfu_points", purpose="event", allowed=["redeem", "public"])
    assert refused.message("zh") == "“tianfu_points”的单位不能用于“活动”，允许的用途：兑换、公益。"
    assert "redeem, public" in refused.message("en")
    assert set(errors.STATES_ZH) == {each.value for each in State}
    assert set(errors.PURPOSES_ZH) == {each.value for each in RetirementPurpose}
