"""What causes of warnings are called where people read of them: divisions and sectors by name, not by code."""

from collections.abc import Mapping
from dataclasses import dataclass

from backend.kit.db import Read
from backend.kit.notices import Said
from backend.kit.scope import Scope
from backend.monitoring.alerts.values import NO_YEAR, Cause
from backend.monitoring.series.values import ALL_SECTORS
from backend.tenants import service as tenants


@dataclass(frozen=True, slots=True)
class Called:
    """The names of a jurisdiction's divisions and sectors by their codes."""

    divisions: Mapping[str, Said]
    sectors: Mapping[str, Said]

    def of(self, cause: Cause) -> Said:
        """Return what a cause is of; a code without a name stands for itself."""
        parts = [self.divisions.get(cause.division_code, Said(cause.division_code, cause.division_code))]
        if cause.sector != ALL_SECTORS:
            parts.append(self.sectors.get(cause.sector, Said(cause.sector, cause.sector)))
        zh, en = " ".join(each.zh for each in parts), ", ".join(each.en for each in parts)
        return Said(zh, en) if cause.year == NO_YEAR else Said(f"{zh} {cause.year} 年", f"{en} {cause.year}")


async def called(read: Read, scope: Scope) -> Called:
    """Return the names of all divisions and sectors. Two statements."""
    pack = await tenants.pack_in_force(read, scope)
    return Called(
        {each.code: Said(each.name_zh, each.name_en or each.name_zh) for each in await tenants.divisions(read, scope)},
        {each.code: Said(each.name_zh, each.name_en) for each in pack.sectors},
    )


__all__ = ["Called", "called"]
