"""Tasks that stand in tables, for each kind of caller: one statement each, however many nouns it looks into.

Every part gives kind, due_on, since, about, detail_zh, detail_en, subject, ids, account_id. Row-level security has
filtered every table; what remains of a part is the caller's to do. `about` names whom or what the task is about.
"""

from backend.kit.scope import Kind

SOON_DAYS = 60
"""How long before a calibration ends somebody should see to it."""
CONSENT_DAYS = 30
"""How long before a consent ends the bank is told."""

_JOIN = """
select 'join_application' as kind, cast(null as date) as due_on, received_at as since, name as about,
    credit_code as detail_zh, credit_code as detail_en, 'JoinApplication' as subject, array[id] as ids,
    cast(null as uuid) as account_id
from join_application where state = 'received'"""
_APPEAL = """
select 'score_appeal', s.due_on, s.lodged_at, a.name, s.indicator, s.indicator, 'ScoreAppeal',
    array[s.account_id, s.id], s.account_id
from score_appeal s join carbon_account a on a.id = s.account_id where s.state = 'open'"""
_PROJECT = """
select 'project', p.due_on, cast(p.state_on as timestamptz), p.name, p.state, p.state, 'InvestmentProject',
    array[p.account_id, p.id], p.account_id
from investment_project p where p.state in ({states})"""
_PARK_STEP = """
select 'park_step', cast(null as date), s.recorded_at, coalesce(p.name, i.name), s.step, s.step, 'ParkApplication',
    array[s.application_id], cast(null as uuid)
from park_step s join park_application a on a.id = s.application_id
left join park p on p.id = a.park_id left join park_programme_item i on i.id = a.item_id
where not exists (select 1 from park_step_decision d where d.step_id = s.id)
    and s.recorded_by is distinct from cast(:actor as uuid)"""
_OBJECTION = """
select 'park_objection', cast(null as date), o.recorded_at, coalesce(p.name, i.name), left(o.text, 60), left(o.text, 60),
    'ParkObjection', array[o.id], cast(null as uuid)
from park_objection o join park_notice n on n.id = o.notice_id join park_application a on a.id = n.application_id
left join park p on p.id = a.park_id left join park_programme_item i on i.id = a.item_id
where not exists (select 1 from park_objection_answer d where d.objection_id = o.id)"""
_FACTOR = """
select 'factor_request', cast(null as date), r.asked_at, a.name, r.wanted, r.wanted, 'FactorRequest', array[r.id],
    r.account_id
from knowledge_factor_request r join carbon_account a on a.id = r.account_id
where not exists (select 1 from knowledge_factor_step s where s.account_id = r.account_id and s.request_id = r.id)"""
_ASSIGNMENT = """
select '{kind}', v.due_on, v.proposed_at, v.enterprise_name, v.year || ' ' || v.verifier_name,
    v.year || ' ' || v.verifier_name, 'VerificationAssignment', array[v.account_id, v.id], v.account_id
from verification_assignment v where v.state in ({states})"""
_FINDING = """
select '{kind}', v.due_on, f.raised_at, a.name, i.year || ' ' || f.severity, i.year || ' ' || f.severity, 'Finding',
    array[f.account_id, f.id], f.account_id
from finding f join inventory i on i.account_id = f.account_id and i.id = f.inventory_id
join carbon_account a on a.id = f.account_id
left join verification_assignment v on v.account_id = f.account_id and v.year = i.year and v.state = 'engaged'
where f.state = '{state}' and i.state in ('submitted', 'computed') {own}"""
_VERIFY = """
select 'inventory_to_verify', v.due_on, t.at, a.name, cast(i.year as text), cast(i.year as text), 'Inventory',
    array[i.account_id, i.id], i.account_id
from inventory i join carbon_account a on a.id = i.account_id
join lateral (
    select max(at) as at from inventory_transition t
    where t.account_id = i.account_id and t.inventory_id = i.id and t.to_state = 'submitted'
) t on true
left join verification_assignment v on v.account_id = i.account_id and v.year = i.year and v.state = 'engaged'
where i.state = 'submitted'"""
_CONSENT_REQUEST = """
select 'consent_request', cast(r.lapses_at at time zone 'Asia/Shanghai' as date), r.created_at, o.name, r.purpose,
    r.purpose, 'ConsentRequest', array[r.id], cast(null as uuid)
from consent_request r join organisation o on o.id = r.bank_id where r.state = 'asked' and r.lapses_at > now()"""
_CONSENT_ENDING = f"""
select 'consent_ending', c.ends_on, c.created_at, o.name, c.purpose, c.purpose, 'Consent', array[c.id],
    cast(null as uuid)
from consent c join organisation o on o.id = c.enterprise_id
where c.revoked_at is null and c.ends_on between cast(:today as date) and cast(:today as date) + {CONSENT_DAYS}"""
_CALIBRATION = f"""
select 'calibration', k.until, m.created_at, a.name || ' ' || m.code, m.name, m.name, 'Meter',
    array[m.account_id, m.id], m.account_id
from meter m join source s on s.account_id = m.account_id and s.id = m.source_id
join carbon_account a on a.id = m.account_id
left join lateral (
    select max(valid_until) as until from calibration c where c.account_id = m.account_id and c.meter_id = m.id
) k on true
where s.ended_on is null and a.closed_at is null and (k.until is null or k.until < cast(:today as date) + {SOON_DAYS})"""

_OWN_FINDINGS = "and f.verifier_id = cast(:organisation as uuid)"
PARTS: dict[Kind, dict[str, tuple[str, ...]]] = {
    Kind.AUTHORITY: {
        "console:read": (_JOIN, _ASSIGNMENT.format(
            kind="assignment_under_way", states="'proposed', 'accepted', 'engaged'"
        )),
        "scores:answer": (_APPEAL,),
        "projects:review": (_PROJECT.format(states="'submitted', 'in_review', 'reported', 'changing'"),),
        "parks:manage": (_PARK_STEP, _OBJECTION),
        "knowledge:publish": (_FACTOR,),
    },
    Kind.ENTERPRISE: {
        "console:read": (_ASSIGNMENT.format(kind="verifier_to_engage", states="'accepted'"),),
        "emissions:read": (_FINDING.format(kind="finding_to_answer", state="open", own=""),),
        "identity:consent": (_CONSENT_REQUEST,),
        "accounts:read": (_CALIBRATION,),
        "projects:apply": (_PROJECT.format(states="'returned', 'approved', 'started', 'trial', 'rectifying'"),),
    },
    Kind.VERIFIER: {
        "console:answer": (_ASSIGNMENT.format(kind="assignment_to_answer", states="'proposed'"),),
        "emissions:verify": (
            _VERIFY, _FINDING.format(kind="finding_to_judge", state="answered", own=_OWN_FINDINGS),
        ),
    },
    Kind.BANK: {"identity:request_consent": (_CONSENT_ENDING,)},
}  # fmt: skip
"""For each kind of caller, the parts each permission opens: a task is shown to whoever may do it."""
