"""The units of a statement's bundle, added up again from postings and proofs; used by check_bundle.py.

Each check yields (what, as stated, as found), as in bundle_emissions.py.
"""

import json
from collections import defaultdict
from decimal import Decimal
from typing import Any

from bundle_emissions import EXACT, TAKEN, Checks, add

try:
    from verify_entry import verify as verify_entry
except ImportError:
    verify_entry = None
D = Decimal
HELD = ("available", "offered", "pledged", "reserved")


def claims(bundle: Any) -> Checks:  # noqa: ANN401 - a Bundle of check_bundle.py
    """绿证抵扣 Certificates claimed: parts add up; no more is covered than was claimed, or bought less sold."""
    moved = {each["id"]: each for each in bundle.json("inputs/ledger.json")["movements"]}
    claimed = bundle.json("inputs/claims.json")
    of_inventories = claimed["inventories"]
    for each in [*claimed["statement"], *(one for own in of_inventories.values() for one in own)]:
        yield f"claim {each['number']}, parts", each["mwh"], add(part["mwh"] for part in each["parts"])
        for part in (one for one in each["parts"] if one["serials"]):
            count = sum(last - first + 1 for first, last in part["serials"])
            yield f"claim {each['number']}, serials of {part['batch']}", part["mwh"], D(count)
        if each["movement"] in moved:
            yield f"claim {each['number']}, movement", each["mwh"], D(moved[each["movement"]]["quantity"])
    for one in bundle.inventories:
        mwh, own = defaultdict(D), of_inventories[one["id"]]
        for line in (each for each in one["lines"] if each["basis"] == "market"):
            is_proven = any(each["stated_as"] == "market_factor" for each in line["parameters"])
            mwh[line["method"], is_proven] = add((mwh[line["method"], is_proven], line["base_quantity"]))
            named = [each["movement"] for each in own] if line["method"] == "claimed_electricity" else []
            yield f"line {line['id']}, claims", sorted(line["claims"]), sorted(named)
        covered = mwh["claimed_electricity", False]
        sold = add((mwh["sold_electricity", False], mwh["sold_electricity", True]))
        net = max(EXACT.subtract(add((covered, mwh["purchased_electricity", False])), sold), D(0))
        yield f"{one['year']}, MWh covered", covered, min(add(each["mwh"] for each in own), net)


def holdings(bundle: Any) -> Checks:  # noqa: ANN401 - a Bundle of check_bundle.py
    """单位持有 Units: opening and postings give the closing of each bucket; serials are as many as the units."""
    books, document = bundle.json("inputs/ledger.json"), bundle.json("statement.json")
    opening, closing, changes = defaultdict(D), defaultdict(D), defaultdict(D)
    for each in books["openings"]:
        opening[each["class"], each["bucket"]] = closing[each["class"], each["bucket"]] = D(each["amount"])
    moved = {each["id"]: each for each in books["movements"]}
    yield "movements told once", len(books["movements"]), len(moved)
    held = {own: add(one["amount"] for one in each["postings"] if one["bucket"] in HELD) for own, each in moved.items()}
    for own, each in moved.items():
        changes[each["class"], each["kind"]] = add((changes[each["class"], each["kind"]], held[own]))
        sides = [
            add(one["amount"] for one in each["postings"] if (one["amount"][0] == "-") == is_out)
            for is_out in (True, False)
        ]
        yield f"movement {each['number']}, quantity", each["quantity"], max(map(abs, sides))
        for one in each["postings"]:
            closing[each["class"], one["bucket"]] = add((closing[each["class"], one["bucket"]], one["amount"]))
            if one["serials"]:
                count = sum(last - first + 1 for first, last in one["serials"])
                yield f"movement {each['number']}, serials", one["amount"].lstrip("-"), D(count)
    for one in document["holdings"]:
        own = one["class_code"]
        yield f"{own}, opening", one["opening"]["value"], add(opening[own, each] for each in HELD)
        yield f"{own}, closing", one["closing"]["value"], add(closing[own, each] for each in HELD)
        for each in one["changes"]:
            yield f"{own}, {each['kind']}", each["change"]["value"], changes[own, each["kind"]]
        for each in one["buckets"]:
            yield f"{own}, {each['bucket']}", each["amount"]["value"], closing[own, each["bucket"]]
        for each in one["used"]:
            found = EXACT.subtract(closing[own, each["bucket"]], opening[own, each["bucket"]])
            yield f"{own}, {each['bucket']}", each["amount"]["value"], found
        balance = D(one["opening"]["value"])
        for each in one["lines"]:
            yield (
                f"movement {each['number']}, listed quantity",
                each["quantity"],
                D(moved[each["movement_id"]]["quantity"]),
            )
            yield f"movement {each['number']}, listed change", each["change"], held[each["movement_id"]]
            balance = add((balance, each["change"]))
            yield f"movement {each['number']}, listed balance", each["balance"], TAKEN if one["left_out"] else balance


def journal(bundle: Any) -> Checks:  # noqa: ANN401 - a Bundle of check_bundle.py
    """流水存证 Journal: each movement is an entry under a signed checkpoint, posting by posting."""
    books, document = bundle.json("inputs/ledger.json"), bundle.json("statement.json")
    if verify_entry is None and books["movements"]:
        yield "verify_entry.py is not beside this script, or PyJWT is not installed", "there", None
        return
    why = {each["movement"]: each["why"] for each in books.get("proofs", {}).get("missing", ())}
    for moved in books["movements"]:
        what, kept = f"movement {moved['number']}", moved["proof"]
        proof = bundle.proofs.get(moved["id"]) or (bundle.json(kept) if kept in bundle.files else None)
        if proof is None:
            address = f"/{document['issuer']['tenant']}/ledger/proofs/{moved['id']}"
            yield (
                f"{what}, no proof in the bundle ({why.get(moved['id'], 'missing')}): GET {address}, then --proofs",
                "",
                None,
            )
            continue
        try:
            verify_entry(proof, bundle.keys)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            yield f"{what}, proof", "holds", f"{error}"
            continue
        entry, names = json.loads(proof["entry"]), ("id", "number", "kind", "class", "quantity")
        yield f"{what}, entry", [moved[each] for each in names] + [moved["effective_on"]], [*entry[1:6], entry[11]]
        opened = [each for each in map(json.loads, proof["opened"]) if each[2] == document["subject"]["account_id"]]
        stated = [[each[name] for name in ("batch", "bucket", "amount", "balance")] for each in moved["postings"]]
        yield f"{what}, postings", sorted(stated), sorted(each[3:7] for each in opened)
