"""What becomes of a row of a batch: the act as it will stand, a key known before, or why not. Pure."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from backend.credits.citizens import rules
from backend.credits.citizens.service.common import Locked, is_within
from backend.credits.citizens.values import Act, ActOutcome, ActValue, RowOutcome, SceneValue
from backend.credits.programmes.rules import is_sane
from backend.kit.clock import now, today
from backend.kit.ids import new_id
from backend.kit.quantities import EXACT
from backend.kit.scope import Kind, Scope

LONGEST_KEY = 100
WHY = {
    "key_invalid": (f"编号须为 1 至 {LONGEST_KEY} 个字符", f"a key has 1 to {LONGEST_KEY} signs"),
    "quantity_invalid": ("数量须大于零且处于合理范围", "a quantity is above zero and of a size that occurs"),
    "citizen_not_found": ("未找到该用户编号", "no citizen with this number"),
    "citizen_closed": ("该用户已退出", "this citizen left the programme"),
    "act_revoked": ("该编号对应的行为此前已撤销", "the act of this key was revoked"),
    "key_used": ("该编号此前已用于另一行为", "this key was used for another act before"),
    "scene_not_open": ("当日该场景未开放", "the scene was not open on that day"),
    "scene_operator_only": ("当日该场景由其他单位运营", "somebody else ran the scene on that day"),
    "day_not_in_time": (
        "行为日期不得晚于今日，且须在场景规定的天数内上报",
        "an act is told on its day or within the days the scene allows",
    ),
}
"""Why a row is refused, in both languages."""


@dataclass(frozen=True, slots=True)
class Known:
    """An act whose key is in the books, or in this batch above."""

    id: UUID
    account_id: UUID
    day: date
    quantity: Decimal
    points: Decimal
    is_revoked: bool


@dataclass(slots=True)
class Judge:
    """What a batch is judged by; `used` and `keys` grow with every row that is recorded."""

    scope: Scope
    programme: str
    code: str
    scale: int
    versions: list[SceneValue]
    citizens: dict[str, Locked]
    keys: dict[str, Known]
    used: dict[tuple[UUID, date], Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def of_year(self, citizen: UUID, year: int) -> Decimal:
        """Return what a citizen has of the scene in a calendar year, so far."""
        mine = (points for (who, day), points in self.used.items() if who == citizen and day.year == year)
        return sum(mine, Decimal(0))


def is_run_by(scope: Scope, version: SceneValue) -> bool:
    """Tell whether the caller tells of acts in a scene: its operator, or an authority."""
    return scope.kind is not Kind.ENTERPRISE or scope.organisation_id == version.operator_id


def judged(of: Judge, at: int, act: Act) -> ActValue | RowOutcome:
    """Return the act as it will stand, or what becomes of its row instead."""
    key = act.key.strip()
    citizen, version = of.citizens.get(act.citizen), rules.in_force(of.versions, act.day)
    why = _wrong(key, act)
    if why or citizen is None or not is_within(of.scope, citizen.division_path):
        return _refused(at, act, why or "citizen_not_found")
    if key in of.keys:
        return _repeated(at, act, citizen, of.keys[key])
    if citizen.closed_at is not None:
        return _refused(at, act, "citizen_closed")
    why = _untimely(of.scope, version, act)
    if why or version is None:
        return _refused(at, act, why)
    return _earned(of, act, citizen, version)


def _wrong(key: str, act: Act) -> str:
    if not 0 < len(key) <= LONGEST_KEY:
        return "key_invalid"
    return "" if is_sane(act.quantity) and act.quantity > 0 else "quantity_invalid"


def _untimely(scope: Scope, version: SceneValue | None, act: Act) -> str:
    if version is None or not version.is_open:
        return "scene_not_open"
    if not is_run_by(scope, version):
        return "scene_operator_only"
    return "" if rules.is_in_time(act.day, version.late_days, today()) else "day_not_in_time"


def _refused(at: int, act: Act, code: str) -> RowOutcome:
    return RowOutcome(at, act.key, ActOutcome.REFUSED, None, None, Decimal(0), code, *WHY[code])


def _repeated(at: int, act: Act, citizen: Locked, known: Known) -> RowOutcome:
    if known.is_revoked:
        return _refused(at, act, "act_revoked")
    if (known.account_id, known.day, known.quantity) != (citizen.id, act.day, act.quantity):
        return _refused(at, act, "key_used")
    return RowOutcome(at, act.key.strip(), ActOutcome.REPEATED, known.id, known.account_id, known.points)


def _earned(of: Judge, act: Act, citizen: Locked, version: SceneValue) -> ActValue:
    earned = rules.award(
        version, act.quantity, of.scale, of_day=of.used[citizen.id, act.day],
        of_year=of.of_year(citizen.id, act.day.year),
    )  # fmt: skip
    of.used[citizen.id, act.day] = EXACT.add(of.used[citizen.id, act.day], earned.points)
    value = ActValue(
        account_id=citizen.id, id=new_id(), programme=of.programme, scene=of.code, scene_version_id=version.id,
        number=citizen.number, division_path=citizen.division_path, day=act.day, quantity=act.quantity,
        computed=earned.computed, points=earned.points, is_capped=earned.is_capped, key=act.key.strip(),
        organisation_id=of.scope.organisation_id, movement_id=None, recorded_at=now(), recorded_by=of.scope.actor_id,
    )  # fmt: skip
    of.keys[value.key] = Known(value.id, value.account_id, value.day, value.quantity, value.points, is_revoked=False)
    return value
