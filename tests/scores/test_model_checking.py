"""Every fault of a model has its name, its path and a sentence in both languages."""

import copy
from datetime import date

import pytest

from backend.scores.modelling import errors
from backend.scores.modelling.content import ModelContent, year_on
from backend.scores.modelling.reading import all_faults, read
from backend.scores.modelling.shipped import digest, shipped


def base(code="changlvfen"):
    return copy.deepcopy(shipped()[code].model_dump(mode="json"))


def changed(where, value, code="changlvfen"):
    data = base(code)
    *path, last = where
    part = data
    for key in path:
        part = part[key]
    if value is ...:
        del part[last]
    else:
        part[last] = value
    return data


FAULTS = [
    (("validity_months",), ..., errors.ModelMalformed, ("validity_months",)),
    (("colour",), "x", errors.ModelMalformed, ("colour",)),
    (("indicators", 0, "weight"), 0.2, errors.ModelMalformed, ("indicators", "0", "weight")),
    (("indicators", 0, "weight"), "many", errors.ModelMalformed, ("indicators", "0", "weight")),
    (("indicators", 0, "weight"), "1E+300", errors.ModelMalformed, ("indicators", "0", "weight")),
    (("indicators", 0, "is_placeholder"), False, errors.ModelMalformed, ("indicators", "0")),
    (("indicators", 0, "note_zh"), "", errors.ModelMalformed, ("indicators", "0")),
    (("indicators", 0, "transform"), {"kind": "magic"}, errors.ModelMalformed, ("indicators", "0", "transform")),
    (("grades", 0, "colour"), "green", errors.ModelMalformed, ("grades", "0", "colour")),
    (("indicators", 0, "code"), "metered", errors.ModelCodeRepeated, ("indicators",)),
    (("indicators", 0, "document"), "no_such", errors.ModelDocumentUnknown, ("indicators", "0", "document")),
    (("indicators", 0, "fact"), "mood", errors.ModelFactUnknown, ("indicators", "0", "fact")),
    (("essential",), ["mood"], errors.ModelFactUnknown, ("essential", "0")),
    (("levers", 0, "verifies"), ["mood"], errors.ModelFactUnknown, ("levers", "0")),
    (("indicators", 0, "fact"), "is_verified", errors.ModelTransformUnfit, ("indicators", "0", "transform")),
    (("indicators", 1, "fact"), "data_quality", errors.ModelTransformUnfit, ("indicators", "1", "transform")),
    (("indicators", 3, "transform", "points"), [["0", "0"], ["0", "5"]], errors.ModelCurveInvalid, ("indicators", "3", "transform", "points", "1")),
    (("indicators", 3, "transform", "points"), [["0", "0"], ["1", "101"]], errors.ModelCurveInvalid, ("indicators", "3", "transform", "points", "1")),
    (("indicators", 3, "transform", "points"), [["0", "9"], ["1", "5"]], errors.ModelCurveBackwards, ("indicators", "3", "transform", "points")),
    (("indicators", 1, "transform", "points"), [["0", "0"], ["1", "5"]], errors.ModelCurveBackwards, ("indicators", "1", "transform", "points")),
    (("indicators", 0, "transform"), {"kind": "percentile", "alone": [["0", "0"], ["1", "5"]]}, errors.ModelCurveBackwards, ("indicators", "0", "transform", "alone")),
    (("indicators", 7, "transform", "points", "A"), ..., errors.ModelChoicesInvalid, ("indicators", "7", "transform", "points")),
    (("indicators", 7, "transform", "points", "A"), "10", errors.ModelChoicesInvalid, ("indicators", "7", "transform", "points")),
    (("indicators", 0, "weight"), "20.01", errors.ModelWeightsInvalid, ("indicators",)),
    (("quality", "computed"), "1.1", errors.ModelQualityInvalid, ("quality",)),
    (("quality", "verified"), "2", errors.ModelQualityInvalid, ("quality",)),
    (("grades", 1, "threshold"), "90", errors.ModelThresholdsInvalid, ("grades",)),
    (("grades", 4, "threshold"), None, errors.ModelThresholdsInvalid, ("grades",)),
    (("grades", 4, "threshold"), "10", errors.ModelThresholdsInvalid, ("grades",)),
    (("gates", 0, "grade"), "Z", errors.ModelGradeUnknown, ("gates", "0", "grade")),
    (("gates", 0, "grade"), "A", errors.ModelGateInvalid, ("gates", "0")),
    (("gates", 0, "grade"), None, errors.ModelGateInvalid, ("gates", "0")),
    (("gates", 2, "grade"), "B", errors.ModelGateInvalid, ("gates", "2")),
    (("gates", 0, "when_missing"), "open", errors.ModelGateInvalid, ("gates", "0")),
    (("gates", 0, "values"), ["maybe"], errors.ModelGateInvalid, ("gates", "0", "values")),
    (("gates", 1, "values"), ["none"], errors.ModelGateInvalid, ("gates", "1", "values")),
    (("gates", 1, "test"), "is", errors.ModelGateInvalid, ("gates", "1", "values")),
    (("gates", 1, "test"), "below", errors.ModelGateBackwards, ("gates", "1", "test")),
    (("gates", 0, "values"), ["true"], errors.ModelGateBackwards, ("gates", "0", "test")),
    (("gates", 0, "test"), "quality_below", errors.ModelGateInvalid, ("gates", "0", "values")),
    (("levers", 2, "fact"), "value_added_intensity", errors.ModelLeverInvalid, ("levers", "2")),
    (("levers", 2, "limit"), None, errors.ModelLeverInvalid, ("levers", "2")),
    (("levers", 0, "also"), {"inventory_state": "asleep"}, errors.ModelLeverInvalid, ("levers", "0")),
    (("levers", 0, "also"), {"green_power_share": "9"}, errors.ModelLeverInvalid, ("levers", "0", "also")),
    (("levers", 0, "to"), [{"value": "false", "effort": "1"}, {"value": "false", "effort": "1"}], errors.ModelLeverInvalid, ("levers", "0", "to")),
    (("levers", 3, "verifies"), ["data_quality"], errors.ModelLeverInvalid, ("levers",)),
]  # fmt: skip


@pytest.mark.parametrize(("where", "value", "error", "path"), FAULTS)
def test_a_fault_is_named_with_its_place(where, value, error, path) -> None:
    data = changed(where, value)
    with pytest.raises(error) as found:
        read(data)
    assert found.value.path[: len(path)] == path
    said = found.value.message("zh") + found.value.message("en")
    assert "{" not in said.replace("{6}", "")
    assert error in {type(each) for each in all_faults(data)}


@pytest.mark.parametrize(
    ("where", "value", "error"),
    [(("grades", 0, "threshold"), "1", errors.ModelThresholdsInvalid),
     (("grading", "columns"), "total", errors.ModelMatrixInvalid),
     (("grading", "row_cuts"), ["50", "40"], errors.ModelMatrixInvalid),
     (("grading", "cells"), [["red", "yellow"]], errors.ModelMatrixInvalid),
     (("grading", "cells"), [["red", "blue"], ["yellow", "dark_green"]], errors.ModelGradeUnknown),
     (("grading", "cells"), [["yellow", "red"], ["light_green", "dark_green"]], errors.ModelMatrixInvalid)],
)  # fmt: skip
def test_a_table_of_grades_fits_its_indicators(where, value, error) -> None:
    with pytest.raises(error):
        read(changed(where, value, "quzhou_four_colours"))


@pytest.mark.parametrize(
    ("where", "value", "error"),
    [(("grading", "indicator"), "intensity", errors.ModelRatioInvalid),
     (("grading", "indicator"), "neutralised", errors.ModelRatioInvalid),
     (("grades", 0, "threshold"), "0.9", errors.ModelThresholdsInvalid),
     (("grades", 4, "threshold"), "9", errors.ModelThresholdsInvalid)],
)  # fmt: skip
def test_a_ratio_is_one(where, value, error) -> None:
    with pytest.raises(error):
        read(changed(where, value, "huzhou_carbon_efficiency"))


def test_a_placeholder_is_never_hidden_behind_an_official_head() -> None:
    data = base() | {"is_placeholder": False}
    with pytest.raises(errors.ModelPlaceholderHidden) as found:
        read(data)
    assert found.value.path == ("year",)


def test_all_faults_are_told_at_once() -> None:
    data = changed(("indicators", 0, "weight"), "21")
    data["gates"][0]["grade"] = "Z"
    data["levers"][2]["limit"] = None
    assert [type(each) for each in all_faults(data)] == [
        errors.ModelWeightsInvalid, errors.ModelGradeUnknown, errors.ModelLeverInvalid,
    ]  # fmt: skip
    assert all_faults(base()) == []


def test_the_shipped_models_are_placeholders_and_say_what_is_missing() -> None:
    assert set(shipped()) == {"changlvfen", "huzhou_carbon_efficiency", "plain", "quzhou_four_colours"}
    for content in shipped().values():
        assert content.is_placeholder
        parts = (content, content.year, content.quality, *content.indicators, *content.gates, *content.levers)
        for part in parts:
            assert part.is_placeholder
            assert part.confidence.value == "placeholder"
            assert part.note_zh
            assert part.note_en


def test_a_model_survives_being_stored() -> None:
    for content in shipped().values():
        again = ModelContent.model_validate(content.model_dump(mode="json"))
        assert again == content
        assert digest(again) == digest(content)


@pytest.mark.parametrize(("day", "year"), [("2026-03-31", 2024), ("2026-04-01", 2025), ("2026-12-31", 2025)])
def test_the_year_of_a_score(day, year) -> None:
    assert year_on(shipped()["plain"], date.fromisoformat(day)) == year
