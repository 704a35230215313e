"""Decompose a target onto the divisions below or key units, with the inputs and the formula of each part shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from backend.budgets import service as budgets
from backend.budgets.values import DraftLine, Method
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.regions import service as regions
from backend.targets.errors import TargetShareInvalid
from backend.targets.rules import sharing
from backend.targets.rules.sharing import Weighed
from backend.targets.service.common import of_authority
from backend.targets.service.measuring import measured
from backend.targets.values import Footing, TargetKind, TargetLine, TargetMethod
from backend.tenants import service as tenants
from backend.tenants.service import DivisionRow


@dataclass(frozen=True, slots=True)
class Portion:
    """What is given for a part, a division or a key unit.

    Of tonnes: `value` (manual), `activity` in `unit` and `benchmark` per unit, or `output` in `unit`. Of a reduction: `value`
    in percent (manual), or the `weight` it is to bear beside others (系数).
    """

    division_code: str = ""
    account_id: UUID | None = None
    value: Decimal | None = None
    weight: Decimal | None = None
    activity: Decimal | None = None
    benchmark: Decimal | None = None
    output: Decimal | None = None
    unit: str = ""

    @property
    def key(self) -> str:
        """What the part is called: a division's code or an account's id."""
        return self.division_code if self.account_id is None else str(self.account_id)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A decomposition as it is asked for; without `portions` it is onto every division directly below.

    `value` is percent or tCO2e; `step` what parts are rounded to. `base_years` are the years whose emissions or output count
    when tonnes are shared; a reduction's weights are the emissions of `base_year`.
    """

    division_code: str
    kind: TargetKind
    first_year: int
    last_year: int
    value: Decimal
    method: TargetMethod
    step: Decimal
    base_year: int | None = None
    footing: Footing = Footing.ACCOUNTS
    portions: Sequence[Portion] = ()
    base_years: Sequence[int] = field(default=())


async def decomposed_target(read: Read, scope: Scope, wanted: Wanted) -> list[TargetLine]:
    """Return a target decomposed, nothing stored. Tonnes sum to it exactly; reductions, weighted, carry it.

    Raises:
        Unauthenticated, Forbidden: without `targets:draft`, of tonnes also `budgets:draft`.
        TargetsOfAuthorities: not an authority.
        DivisionUnknown: there is none, or it lies outside the caller's region.
        TargetShareInvalid: parts that are none, or lack what the method needs.
        BudgetShareInvalid, BudgetDataMissing, BudgetYearInvalid, BudgetTonnesInvalid: of tonnes, as of a budget.
    """
    of_authority(scope, "targets:draft")
    division = await regions.own_division(read, scope, wanted.division_code)
    if wanted.kind is TargetKind.TOTAL:
        return await _of_tonnes(read, scope, wanted)
    if any(each.account_id is not None for each in wanted.portions):
        raise _refused("reductions of intensity are of divisions", "强度目标只分解到区划")
    below = await tenants.divisions(read, scope, division.path)
    parts = await _parts(wanted, division, below)
    return await _of_intensity(read, scope, wanted, parts, {each.code: each for each in below})


async def _parts(wanted: Wanted, division: DivisionRow, below: Sequence[DivisionRow]) -> Mapping[str, Portion]:
    given = {each.key: each for each in wanted.portions}
    if len(given) < len(wanted.portions):
        raise _refused("a part is named twice", "同一部分重复出现")
    known = {each.code for each in below if each.code != division.code}
    strange = sorted(given.keys() - known)
    if strange:
        raise _refused(f"{', '.join(strange)} does not lie below", f"{'、'.join(strange)} 不是其下级")
    return given or {each.code: Portion(each.code) for each in below if each.parent_code == division.code}


async def _of_intensity(
    read: Read, scope: Scope, wanted: Wanted, parts: Mapping[str, Portion], divisions: Mapping[str, DivisionRow]
) -> list[TargetLine]:  # fmt: skip
    years = [] if wanted.base_year is None else [wanted.base_year]
    by = await measured(read, scope, [divisions[each] for each in parts], years, footings=frozenset({wanted.footing}))
    weighed = {
        key: Weighed(
            key, by.emissions(key, None, wanted.footing).get(wanted.base_year or 0),
            Decimal(1) if each.weight is None else each.weight,
        )
        for key, each in parts.items()
    }  # fmt: skip
    step: Decimal | None = None
    if wanted.method is TargetMethod.EQUAL:
        found = sharing.equal(wanted.value, list(weighed.values()))
    elif wanted.method is TargetMethod.WEIGHTED:
        step = wanted.step
        found = sharing.weighted(wanted.value, step, list(weighed.values()))
    elif wanted.method is TargetMethod.MANUAL:
        if any(each.value is None for each in parts.values()):
            raise _refused("each part needs its percent", "每个部分都须填写降幅")
        found = {key: each.value or Decimal(0) for key, each in sorted(parts.items())}
    else:
        raise _refused(
            "a reduction is decomposed equally, by weights, or by hand", "强度目标按同幅、系数或人工方式分解"
        )
    return [
        TargetLine(
            division_code=key, kind=wanted.kind, first_year=wanted.first_year, last_year=wanted.last_year, value=percent,
            base_year=wanted.base_year, footing=wanted.footing, method=wanted.method,
            basis=sharing.basis(wanted.method, wanted.value, step, weighed[key]),
        )
        for key, percent in found.items()
    ]  # fmt: skip


async def _of_tonnes(read: Read, scope: Scope, wanted: Wanted) -> list[TargetLine]:
    """Decompose tonnes as budgets are: the same methods, the same exact sum."""
    try:
        method = Method(wanted.method.value)
    except ValueError:
        raise _refused("tonnes are decomposed by history, benchmark, output or hand",
                       "总量目标按历史、基准、产出或人工方式分解") from None  # fmt: skip
    is_of_units = any(each.account_id is not None for each in wanted.portions)
    if is_of_units and not all(each.account_id is not None for each in wanted.portions):
        raise _refused("name divisions, or key units, not both", "请只列出区划或只列出重点单位")
    shares = await budgets.decomposed(
        read,
        scope,
        budgets.Asked(
            division_code=wanted.division_code,
            # Shares do not depend on the years; a target's period need not be one a budget can have.
            first_year=wanted.first_year, last_year=wanted.first_year, total=wanted.value, step=wanted.step, method=method,
            onto=budgets.Onto.KEY_UNITS if is_of_units else budgets.Onto.DIVISIONS, base_years=wanted.base_years,
            parts=[
                budgets.Given(each.key, each.value, each.activity, each.benchmark, each.output, each.unit)
                for each in wanted.portions
            ],
        ),
    )  # fmt: skip
    return [_line(wanted, each) for each in shares]


def _line(wanted: Wanted, share: DraftLine) -> TargetLine:
    return TargetLine(
        division_code=share.division_code, kind=wanted.kind, first_year=wanted.first_year, last_year=wanted.last_year,
        value=share.tonnes, account_id=share.account_id, footing=wanted.footing, method=wanted.method, basis=share.basis,
    )  # fmt: skip


def _refused(en: str, zh: str) -> TargetShareInvalid:
    return TargetShareInvalid(reason_en=en, reason_zh=zh, path=("input", "portions"))
