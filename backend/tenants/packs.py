"""Reading packs: a folder with `pack.toml` and `divisions.csv` (and perhaps `targets.toml`) becomes a validated `Pack`.

The product ships the packs beside this file; an installation adds its own by pointing `CARBON_PACKS_DIR` at a
folder of further ones. A new city is such a folder and nothing else.
"""

import csv
import hashlib
import io
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from backend.tenants import rules
from backend.tenants.errors import PackDuplicate, PackInvalid
from backend.tenants.rules import DIVISIONS_FILE, PACK_FILE, TARGETS_FILE
from backend.tenants.values import Division, Fault, Pack

SHIPPED = Path(__file__).parent / "packs"
COLUMNS = ("code", "parent_code", "name_zh", "name_en", "level", "is_gbt2260", "path", "source", "confidence")
"""The columns of `divisions.csv`; an empty `path` is worked out from the parents."""

_SENTENCES = {
    "missing": ("is missing; add it.", "缺失，请补充。"),
    "extra_forbidden": ("is not a field of a pack; check its spelling or remove it.", "不是数据包字段，请检查拼写或删除。"),
    "string_too_short": ("is empty; fill it in.", "为空，请填写。"),
    "string_type": ("must be text in quotation marks.", "应为带引号的文本。"),
    "string_pattern_mismatch": ("is '{input}', which does not fit {pattern}.", "的值“{input}”不符合格式 {pattern}。"),
    "enum": ("is '{input}'; it must be {expected}.", "的值“{input}”无效，应为 {expected} 之一。"),
    "bool_parsing": ("is '{input}'; it must be true or false.", "的值“{input}”无效，应为 true 或 false。"),
    "unknown_timezone": ("is '{input}', which is no IANA time zone.", "的值“{input}”不是 IANA 时区名称。"),
    "not_exact": ("is {input}: put numbers with a point in quotation marks, they must stay exact.",
                  "的值为 {input}：带小数点的数字请加引号，以保持精确。"),
    "no_source": ("names no source: give a `document`, or set `is_placeholder = true`.",
                  "没有来源：请填写 document，或设置 is_placeholder = true。"),
    "no_note": ("is a placeholder: say in `note_zh` and `note_en` what is missing.",
                "是占位内容：请在 note_zh 与 note_en 中说明缺少什么。"),
}  # fmt: skip


def load_pack(folder: Path) -> Pack:
    """Read and validate the pack in a folder named like its tenant code.

    Raises PackInvalid with every fault that could be found: unreadable or unparsable files first, then fields
    and rows, then the tree and the references.
    """
    head = _toml(folder)
    divisions, lines = _divisions(folder)
    faults: list[Fault] = []
    targets = _toml(folder, TARGETS_FILE) if (folder / TARGETS_FILE).exists() else {}
    for strange in sorted(targets.keys() - {"plan_targets"}):
        en = "is not written in this file; only [[plan_targets]] are."
        faults.append(Fault(TARGETS_FILE, strange, en, "不应写在此文件中，此文件只写 [[plan_targets]]。"))
    for reserved in ("divisions", "sha256", "plan_targets"):
        if reserved in head:
            en = f"is not written in {PACK_FILE}; it is worked out from the pack's files."
            faults.append(Fault(PACK_FILE, reserved, en, "由数据包文件得出，不应写在此处。"))
    faults += rules.tree_faults(divisions, lines, file=DIVISIONS_FILE)
    pack: Pack | None = None
    try:
        pack = Pack.model_validate({
            **head, "plan_targets": targets.get("plan_targets", ()), "divisions": divisions, "sha256": _sha256(folder),
        })  # fmt: skip
    except ValidationError as error:
        faults += (_translated(rules.file_of(str(*detail["loc"][:1])), "", detail) for detail in error.errors())
    if pack is not None and not faults:
        faults += rules.code_faults(pack, folder.name)
        faults += rules.place_faults(pack)
        faults += rules.reference_faults(pack)
        faults += rules.programme_faults(pack)
    if pack is None or faults:
        raise PackInvalid(folder.name, faults)
    return pack


def load_packs(extra: Path | None = None) -> dict[str, Pack]:
    """Read the shipped packs and those of a further folder, by tenant code.

    A further pack replaces a shipped one of the same code when its version is higher. Raises PackInvalid for a
    pack that cannot be right (also when two claim one host name), PackDuplicate for one that would hide a
    shipped pack by accident.
    """
    packs = {pack.code: pack for pack in _folder(SHIPPED)}
    if extra is not None:
        for pack in _folder(extra):
            shipped = packs.get(pack.code)
            if shipped is not None and _ordinal(pack) <= _ordinal(shipped):
                raise PackDuplicate(pack=pack.code, version=pack.version, shipped=shipped.version, folder=str(extra))
            packs[pack.code] = pack
    hosts: dict[str, str] = {}
    for pack in packs.values():
        for host in pack.hosts:
            if host in hosts:
                en = f"'{host}' is also a host of the pack '{hosts[host]}'; a name leads to one tenant."
                zh = f"“{host}”同时属于数据包“{hosts[host]}”；一个域名只能对应一个租户。"
                raise PackInvalid(pack.code, [Fault(PACK_FILE, "hosts", en, zh)])
            hosts[host] = pack.code
    return packs


def _ordinal(pack: Pack) -> tuple[int, ...]:
    return tuple(int(part) for part in pack.version.split("."))


def _folder(parent: Path) -> Iterator[Pack]:
    """Yield the packs of a folder; a subfolder without `pack.toml` is a mistake worth hearing about."""
    if not parent.is_dir():
        en, zh = "is not a folder; correct the setting CARBON_PACKS_DIR.", "不是文件夹，请检查设置 CARBON_PACKS_DIR。"
        raise PackInvalid(parent.name, [Fault(str(parent), "folder", en, zh)])
    for folder in sorted(parent.iterdir()):
        if folder.is_dir() and not folder.name.startswith((".", "__")):
            yield load_pack(folder)


def _text(folder: Path, name: str) -> str:
    """Read one file as UTF-8, with or without the byte order mark spreadsheets write."""
    try:
        return (folder / name).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        fault = Fault(
            name, f"byte {error.start}", "is not UTF-8; save the file as UTF-8.", "不是 UTF-8 编码，请另存为 UTF-8。"
        )
        raise PackInvalid(folder.name, [fault]) from error
    except OSError as error:
        en, zh = f"cannot be read ({error.strerror}).", f"无法读取（{error.strerror}）。"
        raise PackInvalid(folder.name, [Fault(name, "file", en, zh)]) from error


def _toml(folder: Path, name: str = PACK_FILE) -> dict[str, Any]:
    try:
        return tomllib.loads(_text(folder, name))
    except tomllib.TOMLDecodeError as error:
        fault = Fault(name, "syntax", f"is not TOML: {error}.", f"不是有效的 TOML：{error}。")
        raise PackInvalid(folder.name, [fault]) from error


def _divisions(folder: Path) -> tuple[list[Division], list[int]]:
    """Read the rows and their line numbers; raise PackInvalid with the faults of all rows."""
    reader = csv.DictReader(io.StringIO(_text(folder, DIVISIONS_FILE), newline=""), strict=True)
    divisions: list[Division] = []
    lines: list[int] = []
    faults: list[Fault] = []
    paths: dict[str, str] = {}
    try:
        if tuple(reader.fieldnames or ()) != COLUMNS:
            en = f"the columns must be {','.join(COLUMNS)}."
            raise PackInvalid(folder.name, [Fault(DIVISIONS_FILE, "line 1", en, f"列应为 {','.join(COLUMNS)}。")])
        for row in reader:
            where = f"line {reader.line_num}"
            if None in row or None in row.values():
                en = f"the row must have {len(COLUMNS)} cells; put a cell with a comma in quotation marks."
                faults.append(Fault(DIVISIONS_FILE, where, en, f"应有 {len(COLUMNS)} 个单元格；含逗号的内容请加引号。"))
                continue
            parent = row["parent_code"].strip() or None
            code = row["code"].strip()
            path = row["path"].strip() or f"{paths.get(parent or '', '')}{code}/"
            try:
                division = Division.model_validate({**row, "parent_code": parent, "path": path})
            except ValidationError as error:
                faults += (_translated(DIVISIONS_FILE, f"{where}, ", detail) for detail in error.errors())
                continue
            paths[code] = path
            divisions.append(division)
            lines.append(reader.line_num)
    except csv.Error as error:
        fault = Fault(
            DIVISIONS_FILE, f"line {reader.reader.line_num}", f"is not CSV: {error}.", f"不是有效的 CSV：{error}。"
        )
        raise PackInvalid(folder.name, [*faults, fault]) from error
    if faults:
        raise PackInvalid(folder.name, faults)
    return divisions, lines


def _translated(file: str, prefix: str, detail: ErrorDetails) -> Fault:
    """Turn a validator's finding into a sentence in both languages."""
    where = prefix + (".".join(str(part) for part in detail["loc"]) or "pack")
    words: dict[str, Any] = {**detail.get("ctx", {}), "input": detail["input"]}
    en, zh = _SENTENCES.get(detail["type"], (f"{detail['msg']}.", f"无效：{detail['msg']}。"))
    if detail["type"] in _SENTENCES:
        en, zh = en.format(**words), zh.format(**words)
    return Fault(file, where, en, zh)


def _sha256(folder: Path) -> str:
    """Return the hash of all the pack's files: name, length and bytes of each, in the order of their names."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.name.startswith("."):
            content = file.read_bytes()
            digest.update(f"{file.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()
