"""Trees are bought for a year, each once; what the households are due is written down, and that it was paid."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from backend.credits.programmes import queries, rules
from backend.credits.programmes.errors import (
    AlreadyPaid,
    BeneficiaryMissing,
    PaymentNotFound,
    PaymentWrong,
    TreesNotForSale,
    TreesSold,
)
from backend.credits.programmes.models import TreePayment, TreePurchase, TreePurchasePart
from backend.credits.programmes.service.common import check_authority, check_holder, is_of, of_trees, programme_of
from backend.credits.programmes.service.retiring import check_purpose
from backend.credits.programmes.values import (
    PartValue,
    PaymentState,
    PaymentValue,
    PurchaseValue,
    StandValue,
    TreePaymentSum,
)
from backend.kit.clock import now, today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.tenants import service as tenants
from backend.tenants.values import RetirementPurpose

SOLD = "ex_tree_purchase_part_numbers"


async def buy_trees(
    write: Write,
    scope: Scope,
    *,
    holder_id: UUID,
    programme: str,
    year: int,
    numbers: Sequence[tuple[int, int]],
    purpose: RetirementPurpose,
    beneficiary: str,
) -> PurchaseValue:
    """Buy trees for a year, for a purpose; each household is due the price of its trees.

    What is bought is used by buying it: trees are not turned into tonnes, and are not sold on.

    Raises:
        Unauthenticated, Forbidden: without `credits:register` (an authority, for a participant: `credits:review`).
        ParticipantNotFound, AccountNotFound, AccountNotYours, AccountClosed: whose it is.
        ProgrammeUnknown, ProgrammeHasNoTrees: in this order.
        PurposeNotAllowed, BeneficiaryMissing, TextNotFit: in this order.
        NumbersInvalid: no runs of numbers.
        TreesNotForSale: some are not registered for the year.
        TreesSold: some are sold for the year.
    """
    await check_holder(write, scope, holder_id)
    pack = await tenants.pack_in_force(write, scope)
    found = programme_of(pack, programme)
    terms = of_trees(found)
    check_purpose(found, purpose)
    if not beneficiary.strip():
        raise BeneficiaryMissing(path=("input", "beneficiary"))
    told = rules.text(beneficiary, "beneficiary")
    runs = rules.runs(numbers)
    stands = await queries.stands_covering(write, scope, programme, year, runs)
    pieces = _pieces(runs, stands, year)
    trees = sum(last - first + 1 for first, last in runs)
    purchase = PurchaseValue(
        account_id=holder_id, id=new_id(), programme=programme, year=year, trees=trees,
        yuan_per_tree=terms.yuan_per_tree_year, yuan=rules.tree_payment(trees, terms.yuan_per_tree_year),
        purpose=purpose.value, beneficiary=told, pack_sha256=pack.sha256, purchased_at=now(),
        purchased_by=scope.actor_id,
    )  # fmt: skip
    parts = [PartValue(holder_id, purchase.id, first, last, programme, year, stand.id) for first, last, stand in pieces]
    of_household: defaultdict[UUID, int] = defaultdict(int)
    paths: dict[UUID, str] = {}
    for first, last, stand in pieces:
        of_household[stand.household_id] += last - first + 1
        paths[stand.household_id] = stand.division_path
    payments: list[dict[str, Any]] = [
        {
            "account_id": holder_id, "id": new_id(), "purchase_id": purchase.id, "household_id": household,
            "programme": programme, "division_path": paths[household], "year": year, "trees": count,
            "yuan": rules.due_to_household(terms, count), "state": PaymentState.DUE.value,
        }
        for household, count in of_household.items()
    ]  # fmt: skip
    await write.run(insert(TreePurchase).values({name: getattr(purchase, name) for name in purchase.__slots__}))
    try:
        await write.run(
            insert(TreePurchasePart), [{name: getattr(each, name) for name in each.__slots__} for each in parts]
        )
    except IntegrityError as error:
        if not is_of(error, SOLD):
            raise
        raise TreesSold(year=year, path=("input", "numbers")) from error
    await write.run(insert(TreePayment), payments)
    write.audit("credits:buy_trees", object_type="TreePurchase", object_id=purchase.id, programme=programme, year=year,
                trees=trees, yuan=purchase.yuan, households=len(payments))  # fmt: skip
    return purchase


def _pieces(
    runs: Sequence[tuple[int, int]], stands: Sequence[StandValue], year: int
) -> list[tuple[int, int, StandValue]]:
    """Cut runs of numbers where one stand ends and the next begins.

    Raises:
        TreesNotForSale: some of the numbers lie in no stand of the year.
    """
    found: list[tuple[int, int, StandValue]] = []
    for first, last in runs:
        expected = first
        for stand in stands:
            low, high = max(first, stand.first_number), min(last, stand.last_number)
            if low > high:
                continue
            if low != expected:
                break
            found.append((low, high, stand))
            expected = high + 1
        if expected != last + 1:
            raise TreesNotForSale(first=first, last=last, year=year, path=("input", "numbers"))
    return found


async def record_payment(
    write: Write, scope: Scope, *, account_id: UUID, payment_id: UUID, yuan: Decimal, paid_on: date, reference: str
) -> PaymentValue:
    """Record that a household was paid, in full; `reference` is the transfer's number.

    Raises:
        Unauthenticated, Forbidden: without `credits:review`.
        PaymentNotFound: not there, or not visible.
        AuthorityOnly: not an authority of the household's region.
        AlreadyPaid: recorded before.
        PaymentWrong: not what is due, or not paid yet.
        TextNotFit: the reference.
    """
    scope.require("credits:review")
    if (await queries.payments_by_id(write, scope, [(account_id, payment_id)]))[0] is None:
        raise PaymentNotFound
    check_authority(scope)
    where = (TreePayment.account_id == account_id, TreePayment.id == payment_id)
    row = await write.row(queries.PAYMENT.where(*where).with_for_update())
    if row is None:  # the buyer's authority sees it; the household's records it
        raise PaymentNotFound
    known = queries.payment(row)
    if known.state is PaymentState.PAID:
        raise AlreadyPaid(paid_on=str(known.paid_on), reference=known.reference)
    if yuan != known.yuan or paid_on > today():
        raise PaymentWrong(due=format(known.yuan, "f"), yuan=format(yuan, "f"), paid_on=str(paid_on),
                           path=("input", "yuan"))  # fmt: skip
    number = rules.text(reference, "reference")
    await write.run(
        update(TreePayment)
        .where(*where)
        .values(
            state=PaymentState.PAID.value, paid_on=paid_on, reference=number, recorded_at=now(),
            recorded_by=scope.actor_id,
        )
    )  # fmt: skip
    write.audit("credits:record_tree_payment", object_type="TreePayment", object_id=payment_id, yuan=yuan,
                paid_on=paid_on, reference=number)  # fmt: skip
    return queries.payment(await write.row(queries.PAYMENT.where(*where)))


async def tree_payment(
    read: Read,
    scope: Scope,
    *,
    trees_per_household: int,
    households: int = 1,
    years: int = 1,
    yuan_per_tree: Decimal | None = None,
    programme: str | None = None,
) -> TreePaymentSum:
    """Compute what trees cost, at a given price or at the programme's.

    Raises:
        Unauthenticated, Forbidden: without `credits:read`.
        ProgrammeUnknown, ProgrammeHasNoTrees: the price is asked of a programme that has none.
        HouseholdsInvalid: a count or price that is not above zero.
    """
    scope.require("credits:read")
    pack = await tenants.pack_in_force(read, scope)
    trees_here = (each for each in pack.programmes if each.trees is not None)
    found = next(trees_here, None) if programme is None else programme_of(pack, programme)
    price = yuan_per_tree
    if price is None:
        price = of_trees(programme_of(pack, programme or "") if found is None else found).yuan_per_tree_year
    sum_ = rules.tree_payment(trees_per_household, price, households, years)
    source = None if found is None else found.trees
    return TreePaymentSum(
        trees=trees_per_household * households, yuan_per_tree=price, yuan=sum_,
        programme=None if found is None else found.code, is_price_given=yuan_per_tree is not None,
        confidence=None if source is None or yuan_per_tree is not None else source.confidence,
    )  # fmt: skip
