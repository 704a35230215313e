"""Hold estimates and issued quick reports against the verified figures that came since, and keep the difference.

Each pair of an estimate (or an account's row in an issued report) and a verified inventory is compared once; an inventory
that is restated and verified again makes another row. Nothing is overwritten.
"""

from sqlalchemy import text

from backend.kit.clock import now
from backend.kit.db import Write

_ESTIMATES = text("""
insert into carbon_estimate_outcome (account_id, estimate_id, inventory_id, verified, difference, is_held, compared_at)
select e.account_id, e.id, m.inventory_id, trim_scale(m.scope1 + m.scope2_location),
    trim_scale(e.scope1 + e.scope2 - m.scope1 - m.scope2_location),
    m.scope1 + m.scope2_location between e.low and e.high, :at
from carbon_estimate e
join region_account_month m on m.account_id = e.account_id and m.month = e.month and m.is_verified
where e.state = 'told' and not exists (
    select from carbon_estimate_outcome o
    where o.account_id = e.account_id and o.estimate_id = e.id and o.inventory_id = m.inventory_id
)""")
_REPORTS = text("""
insert into quick_report_outcome (account_id, report_id, inventory_id, division_path, verified, difference, compared_at)
select q.account_id, q.report_id, m.inventory_id, q.division_path, trim_scale(m.scope1 + m.scope2_location),
    trim_scale(q.scope1 + q.scope2 - m.scope1 - m.scope2_location), :at
from quick_report r
join quick_report_issue i on i.report_id = r.id
join quick_report_account q on q.report_id = r.id and q.basis in ('complete', 'estimated')
join region_account_month m on m.account_id = q.account_id and m.month = r.month and m.is_verified
where not exists (
    select from quick_report_outcome o
    where o.account_id = q.account_id and o.report_id = q.report_id and o.inventory_id = m.inventory_id
)""")


async def compare(write: Write) -> dict[str, int]:
    """Keep the differences that can be told by now; return how many of estimates and of reports. Two statements.

    The service's own work: it reads every division's accounts.
    """
    asked = {"at": now()}
    return {"estimates": await write.run(_ESTIMATES, asked), "reports": await write.run(_REPORTS, asked)}
