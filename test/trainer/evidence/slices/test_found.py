"""Slices that a search finds on half of the clusters and measures on the other."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from reign_trainer.evidence.measure import measure_difference
from reign_trainer.evidence.slices import found_slices
from reign_trainer.shapes import SearchPolicy

from .comparisons import gate, noisy

COLUMNS = ["region", "product", "age", "flag"]


def search(columns: list[str] | None = None, margin: float = 0.0):
    return gate(search=SearchPolicy(columns=COLUMNS if columns is None else columns, margin=margin))


def columns(rng: np.random.Generator, n: int) -> dict[str, np.ndarray]:
    return {
        "region": np.array(["north", "south", "east", "west"])[rng.integers(0, 4, n)],
        "product": np.array(["card", "loan", "lease"])[rng.integers(0, 3, n)],
        "age": rng.integers(18, 90, n).astype(float),
        "flag": rng.random(n) < 0.5,
    }


def where(slice_) -> dict[str, str | None]:
    return {key.column: key.value for key in slice_.where}


def test_a_spoiled_value_is_found() -> None:
    rng = np.random.default_rng(0)
    parts = columns(rng, 12_000)
    found = found_slices(noisy(rng, 12_000, 20, parts, spoiled=parts["region"] == "east"), search())
    assert where(found[0]) == {"region": "east"}
    assert found[0].holm_high < 0
    assert found[0].metric == "roc_auc"
    assert not found[0].protected
    assert len(found) <= 5
    # What is in a slice that was found already is not told again.
    assert all(where(slice_).get("region") != "east" for slice_ in found[1:])


def test_a_spoiled_pair_is_found() -> None:
    rng = np.random.default_rng(1)
    parts = columns(rng, 20_000)
    spoiled = (parts["region"] == "east") & (parts["product"] == "loan")
    found = found_slices(noisy(rng, 20_000, 20, parts, spoiled=spoiled), search(margin=0.01))
    assert {"region": "east", "product": "loan"} in [where(slice_) for slice_ in found]
    worst = min(found, key=lambda slice_: slice_.difference.estimate)
    assert where(worst) == {"region": "east", "product": "loan"}
    assert worst.holm_high < -0.01


@pytest.mark.parametrize("ways", [1, 2])
def test_numbers_come_from_the_half_that_took_no_part(ways: int) -> None:
    rng = np.random.default_rng(2)
    parts = columns(rng, 12_000)
    compared = noisy(rng, 12_000, 20, parts, spoiled=parts["region"] == "east")
    days, shops = compared.clusters, rng.integers(0, 16, 12_000)
    if ways == 2:
        compared = dataclasses.replace(compared, clusters=np.column_stack([days, shops]))
    found = found_slices(compared, search())[0]
    assert where(found) == {"region": "east"}
    assert found.clusters == (10 if ways == 1 else 8)
    # Scores of the half that was measured decide; of the other they do not.
    inside = parts["region"] == "east"
    second = np.ones(12_000, dtype=bool)
    for code in range(20):
        moved = np.where((days == code) & inside, rng.random(12_000), compared.champion)
        again = found_slices(dataclasses.replace(compared, champion=moved), search(["region"]))
        again = [slice_ for slice_ in again if where(slice_) == {"region": "east"}]
        if not again or again[0].champion == found.champion:
            second &= days != code
    if ways == 2:
        return
    assert np.unique(days[second]).size == 10
    expected = measure_difference(
        "roc_auc",
        "binary",
        compared.labels[inside & second],
        compared.challenger[inside & second],
        compared.champion[inside & second],
        days[inside & second],
        None,
        7,
    )
    assert found.rows == np.count_nonzero(inside & second)
    assert found.difference.estimate == pytest.approx(expected.estimate, abs=1e-12)
    assert found.difference.standard_error == pytest.approx(expected.standard_error, rel=1e-9)


def test_equal_models_rarely_have_a_found_loss() -> None:
    rng = np.random.default_rng(3)
    runs, alarms, told = 80, 0, 0
    for seed in range(runs):
        parts = columns(rng, 3000)
        found = found_slices(noisy(rng, 3000, 20, parts, shock=0.8, seed=seed), search())
        told += len(found)
        alarms += any(slice_.holm_high is not None and slice_.holm_high < 0 for slice_ in found)
    assert told > runs
    # 0.025 of 80 are 2, with a standard deviation of 1.4.
    assert alarms <= 6


def test_where_no_search_is_possible() -> None:
    rng = np.random.default_rng(4)
    parts = columns(rng, 2000)
    compared = noisy(rng, 2000, 20, parts)
    assert found_slices(compared, gate()) == []
    assert found_slices(dataclasses.replace(compared, champion=None), search()) == []
    assert found_slices(noisy(rng, 2000, 13, parts), search()) == []
    assert found_slices(compared, search(["gone"])) == []
    same = dataclasses.replace(compared, champion=compared.challenger)
    assert found_slices(same, search()) == []


def test_the_same_seed_finds_the_same_and_costs_serve_as_primary() -> None:
    rng = np.random.default_rng(5)
    parts = columns(rng, 6000) | {"amount": rng.uniform(0.9, 1.1, 6000)}
    compared = noisy(rng, 6000, 20, parts, spoiled=parts["flag"], primary="expected_cost")
    policy = gate(
        search=SearchPolicy(columns=[*COLUMNS, "gone"], margin=0),
        cutoff={"score": 0.5, "accept": "below"},
        cost={"falsePositive": "amount", "falseNegative": 2, "truePositive": 0, "trueNegative": 0},
    )
    weighted = dataclasses.replace(compared, weights=(rng.random(6000) < 0.9).astype(float))
    for one in (compared, weighted):
        first, again = found_slices(one, policy), found_slices(one, policy)
        assert [s.model_dump_json() for s in first] == [s.model_dump_json() for s in again]
        assert where(first[0]).get("flag") == "true"
        assert first[0].difference.estimate < 0
