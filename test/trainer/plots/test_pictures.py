"""Pictures of evidence: what there is something for, drawn the same every time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageColor
from reign_trainer.plots import draw_evidence
from reign_trainer.plots.__main__ import main
from reign_trainer.plots.differences import draw_differences
from reign_trainer.plots.draw_evidence import PICTURES
from reign_trainer.plots.intervals import edges
from reign_trainer.plots.labels import draw_labels
from reign_trainer.plots.panel import numbered, ticks_in, widened
from reign_trainer.plots.paper import Paper
from reign_trainer.plots.picture import CHALLENGER, QUIET
from reign_trainer.plots.slices import draw_slices
from reign_trainer.plots.titles import slice_title
from reign_trainer.shapes import Evidence, SliceEvidence

from .evidence_document import document, evidence, interval, metric, part

ALL = [f"{name}.png" for name in PICTURES]
PNG = b"\x89PNG"


def test_everything_is_drawn_the_same_every_time(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        assert list(draw_evidence(evidence(), tmp_path / folder)) == ALL
    for name in ALL:
        content = (tmp_path / "one" / name).read_bytes()
        assert content.startswith(PNG)
        assert content == (tmp_path / "two" / name).read_bytes()


def test_what_the_evidence_does_not_hold_has_no_picture_and_an_older_one_goes(tmp_path: Path) -> None:
    list(draw_evidence(evidence(), tmp_path))
    nothing = evidence(
        metrics={},
        unmeasured="the holdout has no rows",
        slices=[],
        foundSlices=[],
        calibration=None,
        scoreShift=None,
        labels={**document()["labels"], "cohorts": []},
    )
    assert list(draw_evidence(nothing, tmp_path)) == []
    assert list(tmp_path.iterdir()) == []


def test_the_first_champion_is_held_against_the_trivial_predictor(tmp_path: Path) -> None:
    metrics = document()["metrics"]
    for one in metrics.values():
        one |= {"champion": None, "difference": None, "championLead": None}
    first = evidence(champion=None, metrics=metrics)
    picture = draw_differences(first)
    assert picture is not None
    assert any("against the trivial predictor" in text for text in picture.texts)
    assert "differences.png" in draw_evidence(first, tmp_path)


def test_the_primary_metric_stands_on_top_with_what_it_is_held_against() -> None:
    picture = draw_differences(evidence())
    assert picture is not None
    metrics = ["ROC AUC", "log loss", "Brier score", "KS"]
    assert [text for text in picture.texts if text in metrics] == metrics
    assert {"worth having +0.0100", "detectable on these rows +0.0140"} <= set(picture.texts)


def test_marks_stand_where_their_values_are(tmp_path: Path) -> None:
    shown = evidence()
    picture = draw_differences(shown)
    assert picture is not None
    picture.save(tmp_path / "differences.png")
    interval = shown.metrics["roc_auc"].difference
    assert interval is not None
    assert interval.detectable is not None
    low, high = widened([0.0, *edges(interval), shown.detection.wanted, interval.detectable], 0.06)
    with Image.open(tmp_path / "differences.png") as image:
        pixels = np.asarray(image.convert("RGB"), dtype=int)
    for value, colour in [(shown.detection.wanted, CHALLENGER), (interval.detectable, QUIET)]:
        near = np.abs(pixels[60:70, 120:665] - np.array(ImageColor.getrgb(colour))).sum(axis=2) < 60
        found = np.flatnonzero(near.any(axis=0)) + 120
        assert len(found) > 0
        assert abs(found.mean() - (120 + 545 * (value - low) / (high - low))) < 1.5


def test_bounds_that_are_not_known(tmp_path: Path) -> None:
    unknown = dict.fromkeys(["standardError", "low", "high", "decidingLow", "decidingHigh", "detectable"])
    metrics = document()["metrics"]
    metrics["roc_auc"]["difference"] = interval(0.016) | unknown
    slices = [part("region", "north", 0.01, difference=interval(0.01) | unknown)]
    drawn = list(draw_evidence(evidence(metrics=metrics, slices=slices, foundSlices=[]), tmp_path))
    assert drawn == ALL


def test_of_very_many_slices_the_worst_are_drawn(tmp_path: Path) -> None:
    many = [part("airport_of_origin", f"A{at:03}$", 0.001 * (at - 100), rows=100 + at) for at in range(300)]
    crowded = evidence(slices=many, foundSlices=[])
    picture = draw_slices(crowded)
    assert picture is not None
    texts = picture.texts
    assert any("30 of 300 slices, the worst first" in text for text in texts)
    assert "airport_of_origin = A000$" in texts
    assert "airport_of_origin = A299$" not in texts
    assert "slices.png" in draw_evidence(crowded, tmp_path)


@pytest.mark.parametrize(
    ("column", "value", "title"),
    [
        ("region", "north", "region = north"),
        ("region", None, "region = (none)"),
        ("a_very_long_name_of_a_column_indeed", "value", "a_very_long_name_of_a_colum… = value"),
    ],
)
def test_long_names_of_slices_are_cut(column: str, value: str | None, title: str) -> None:
    assert slice_title(SliceEvidence.model_validate(part(column, value, 0.0))) == title


def test_labels_of_a_regression_and_of_one_day() -> None:
    labels = document()["labels"]
    labels["cohorts"] = labels["cohorts"][:1]
    picture = draw_labels(evidence(task="regression", classes=None, positive=None, labels=labels))
    assert picture is not None
    assert "mean label" in picture.texts
    labels["cohorts"][0] |= {"rate": None, "rows": 0, "unlabelled": 0}
    without = draw_labels(evidence(labels=labels))
    assert without is not None
    assert "share of the label True" not in without.texts


def test_a_picture_that_cannot_be_drawn_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise RuntimeError("no font")

    monkeypatch.setitem(PICTURES, "slices", broken)
    assert list(draw_evidence(evidence(), tmp_path)) == [name for name in ALL if name != "slices.png"]


@pytest.mark.parametrize(
    ("low", "high", "written"),
    [
        (-0.012, 0.011, ["−0.010", "−0.005", "0.000", "0.005", "0.010"]),
        (0.0, 15_300.0, ["0", "5,000", "10,000", "15,000"]),
        (0.0, 1.0, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (2e-9, 9e-9, ["2e−09", "4e−09", "6e−09", "8e−09"]),
    ],
)
def test_numbers_on_a_scale_are_round_and_told_apart(low: float, high: float, written: list[str]) -> None:
    assert numbered(ticks_in(low, high, most=6)) == written


def test_nothing_is_drawn_outside_of_what_a_line_is_kept_within(tmp_path: Path) -> None:
    paper = Paper(1.0, 1.0)
    paper.line([0.0, 1.0], [0.5, 0.5], colour="#ff0000", width=4, within=(0.4, 0.0, 0.6, 1.0))
    paper.save(tmp_path / "line.png")
    with Image.open(tmp_path / "line.png") as image:
        red = {x for x in range(100) if image.getpixel((x, 50)) == (255, 0, 0)}
    assert red == set(range(40, 60))


def test_large_numbers_stay_on_the_sheet(tmp_path: Path) -> None:
    changes = document(task="regression", primary="rmse", classes=None, positive=None, calibration=None)
    changes["metrics"] = {
        "rmse": metric(1.2e7, 1.3e7, 1.8e7, "lower") | {"difference": interval(-1_310_000.9, 90_000.0)}
    }
    for at, cohort in enumerate(changes["labels"]["cohorts"]):
        cohort["rate"] = -1.2e8 + 1000 * at
    for name in draw_evidence(Evidence.model_validate(changes), tmp_path):
        with Image.open(tmp_path / name) as image:
            pixels = np.asarray(image.convert("L"))
        assert (pixels[:, [0, 1, -2, -1]] == 255).all(), name


def test_the_program_prints_what_it_drew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "evidence.json"
    file.write_text(evidence().model_dump_json(by_alias=True))
    assert main([str(file), str(tmp_path / "pictures")]) == 0
    assert capsys.readouterr().out.split() == ALL
    assert main([]) == 2
