"""Verify that an entry is in a jurisdiction's journal of units, without asking anybody.

    pip install "pyjwt[crypto]"
    python verify_entry.py proof.json documents.json

`documents.json`: the jurisdiction's document keys (`/<tenant>/.well-known/documents.json`), fetched once from an address
you trust. The entry is the movement as recorded (a later one may reverse it) and names postings by hash. See README.md.
"""

import json
import sys
from hashlib import sha256
from pathlib import Path

import jwt


def verify(proof: dict, keys: list) -> dict:
    """Return what the signed checkpoint over the entry states; a ValueError says why the proof does not hold."""
    sealed = proof["checkpoint"]
    try:
        wanted = jwt.get_unverified_header(sealed["signed"]).get("kid")
        key = next((each for each in keys if each["kid"] == wanted), None)
        if key is None:
            raise ValueError("签名密钥未公布 / signed by a key that is not published")
        if key.get("revoked_at"):
            raise ValueError(f"签名密钥已于 {key['revoked_at']} 吊销 / key revoked: see README.md")
        facts = json.loads(jwt.PyJWS().decode(sealed["signed"], jwt.PyJWK(key).key, ["ES256"]))
    except jwt.PyJWTError as error:
        raise ValueError("检查点签名无效 / the checkpoint's signature is not valid") from error
    stated = {**sealed, "tenant": proof["tenant"], "format": "carbon-ledger-checkpoint/1"}
    if any(facts[name] != value for name, value in stated.items() if name != "signed"):
        raise ValueError("检查点内容与签名不符 / the checkpoint states something else than was signed")
    entry_hash = sha256(proof["entry"].encode()).digest()
    if entry_hash.hex() != proof["entry_hash"]:
        raise ValueError("记录内容与其哈希不符 / the entry's text is not what its hash says")
    own, steps = sha256(b"\x00" + entry_hash).digest(), [bytes.fromhex(each) for each in proof["audit_path"]]
    index, size = proof["position"] - facts["first_position"], facts["last_position"] - facts["first_position"] + 1
    while size > 1 and 0 <= index < size:  # RFC 6962: a leaf's siblings from below, on the side its position says
        if index % 2 == 1 or index + 1 < size:
            other = steps.pop(0) if steps else b""
            own = sha256(b"\x01" + (other + own if index % 2 == 1 else own + other)).digest()
        index, size = index // 2, (size + 1) // 2
    if steps or (index, size) != (0, 1) or own.hex() != facts["root"]:
        raise ValueError("审计路径未通向已签名的根 / the audit path does not lead to the signed root")
    opened = [sha256(each.encode()).hexdigest() for each in proof["opened"]]
    if len(set(opened)) < len(opened) or not set(opened) <= set(json.loads(proof["entry"])[-1]):
        raise ValueError("所披露的分录不属于该记录 / an opened posting is not one of the entry's")
    return facts


if __name__ == "__main__":
    try:
        given, published = (json.loads(Path(name).read_text(encoding="utf-8")) for name in sys.argv[1:3])
        found = verify(given, published["keys"])
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        sys.exit(f"✗ {error if ' / ' in str(error) else '文件缺失或无法读取 / a file is missing or unreadable'}")
    print(f"✓ {found['tenant']}: 第 {given['position']} 位 / position {given['position']}")
    print(given["entry"], *given["opened"], sep="\n")
