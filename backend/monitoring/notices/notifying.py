"""Tell people something: in the product at once, by webhook and e-mail as soon as the transaction is committed.

Any room says it through `kit.notices.tell`; what is above monitoring may call `notify`. Whoever is told, the caller learns
nothing of their people: a server function finds them.
"""

import json

from sqlalchemy import ARRAY, Text, Uuid, bindparam, text

from backend.kit.db import Write
from backend.kit.notices import Addressee, Link, Notice, Said, listen
from backend.kit.scope import Scope

NOTIFY = text(
    "select monitoring_notify(:key, :kind, :subject_zh, :subject_en, :text_zh, :text_en, cast(:link as jsonb),"
    " :organisations, :account, :division, :roles, :people)"
).bindparams(
    bindparam("organisations", type_=ARRAY(Uuid)), bindparam("account", type_=Uuid), bindparam("division", type_=Text),
    bindparam("roles", type_=ARRAY(Text)), bindparam("people", type_=ARRAY(Uuid)),
)  # fmt: skip


async def notify(
    write: Write,
    scope: Scope,
    to: Addressee,
    kind: str,
    subject: Said,
    link: Link | None = None,
    *,
    key: str,
    text: Said | None = None,
) -> int:
    """Tell the people that are meant; return how many. An organisation that was told this `key` is not told again.

    Whoever may do what the notice is about may say it: the caller has been checked for that.
    """
    return await _store(write, scope, Notice(kind, key, subject, text or subject, link), to)


async def hear(write: Write, scope: Scope, notice: Notice, to: Addressee) -> None:
    """Keep what a room below told."""
    await _store(write, scope, notice, to)


async def _store(write: Write, _scope: Scope, notice: Notice, to: Addressee) -> int:
    link = [] if notice.link is None else [notice.link.type_name, *(str(each) for each in notice.link.ids)]
    return await write.value(
        NOTIFY,
        {
            "key": notice.key, "kind": notice.kind, "subject_zh": notice.subject.zh, "subject_en": notice.subject.en,
            "text_zh": notice.text.zh, "text_en": notice.text.en, "link": json.dumps(link),
            "organisations": list(to.organisation_ids), "account": to.account_id,
            "division": to.division_path or None, "roles": list(to.roles), "people": list(to.person_ids),
        },
    )  # fmt: skip


listen(hear)
