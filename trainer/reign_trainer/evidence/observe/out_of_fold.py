"""How well one column tells a target, on rows that were not used to learn it.

A column whose values hardly repeat (a row id) knows every training row by heart and nothing else: on the rows of the
other half it answers what it would answer about any row.
"""

from __future__ import annotations

import numpy as np


def random_halves(rows: int, generator: np.random.Generator) -> np.ndarray:
    """Deal rows out to two halves of the same size: zeros and ones of shape (rows,)."""
    return generator.permutation(np.arange(rows) % 2)


def auc(scores: np.ndarray, positives: np.ndarray, negatives: np.ndarray) -> float | None:
    """Give the chance that a positive row scores above a negative one, equal scores counting one half.

    Parameters
    ----------
    scores : ndarray of shape (k,)
        Of groups of rows.
    positives, negatives : ndarray of shape (k,)
        Rows of each group.

    Returns
    -------
    float or None
        None without a positive or a negative row.
    """
    at = np.unique(scores, return_inverse=True)[1]
    won, lost = np.bincount(at, positives), np.bincount(at, negatives)
    pairs = float(won.sum() * lost.sum())
    if pairs == 0:
        return None
    return float(np.sum(won * (np.cumsum(lost) - lost / 2)) / pairs)


def encoded_auc(levels: np.ndarray, target: np.ndarray, halves: np.ndarray, prior: float) -> float | None:
    """Give the AUC of the share of positive rows that the other half has at the row's level.

    Parameters
    ----------
    levels : ndarray of shape (n,), int64
    target : ndarray of shape (n,), bool
    halves : ndarray of shape (n,), 0 or 1
    prior : float
        Rows that the overall share counts for in that of one level: more where most levels tell nothing.

    Returns
    -------
    float or None
        The mean of both halves (their scores are not mixed: each is centred at the other half's share of positive
        rows). None where no half has rows of both kinds.
    """
    positives, rows = _by_half(levels, halves, target), _by_half(levels, halves, None)
    areas = [
        auc(_shrunk_means(positives[1 - half], rows[1 - half], prior), positives[half], rows[half] - positives[half])
        for half in (0, 1)
    ]
    return _mean(areas)


def encoded_correlation(levels: np.ndarray, target: np.ndarray, halves: np.ndarray) -> float | None:
    """Give the squared correlation of the target with the mean that the other half has at the row's level.

    Returns
    -------
    float or None
        The mean of both halves, over the rows whose level the other half has: one extreme value that comes once would
        hide what the others tell. None where that is less than half of the rows, as of ids, or a part is constant.
    """
    sums, rows = _by_half(levels, halves, target), _by_half(levels, halves, None)
    found = []
    for half in (0, 1):
        here = (halves == half) & (rows[1 - half] > 0)[levels]
        if 2 * np.count_nonzero(here) < np.count_nonzero(halves == half):
            return None
        means = sums[1 - half] / np.maximum(rows[1 - half], 1)
        found.append(squared_correlation(means[levels[here]], target[here]))
    return _mean(found)


def majority_accuracy(levels: np.ndarray, target: np.ndarray, halves: np.ndarray, rare: int) -> float | None:
    """Give the accuracy of naming the class that most rows of the other half have at the row's level.

    Parameters
    ----------
    levels : ndarray of shape (n,), int64
    target : ndarray of shape (n,), int64
        Classes from 0.
    halves : ndarray of shape (n,), 0 or 1
    rare : int
        Classes of fewer rows are left out of the mean over classes.

    Returns
    -------
    float or None
        The smaller of the accuracy over rows and its mean over classes: one class that nearly all rows have does not
        make every column a good one. None without rows, or where one half has none.
    """
    classes = int(target.max(initial=0)) + 1
    # A value that one row has says nothing about the other half.
    often = np.bincount(levels) > 1
    levels = np.where(often[levels], np.cumsum(often)[levels], 0)
    right = np.zeros(target.size, dtype=np.bool_)
    for half in (0, 1):
        here, there = halves == half, halves != half
        if not there.any():
            return None
        size = int(levels.max(initial=0)) + 1
        counts = np.bincount(levels[there] * classes + target[there], minlength=size * classes).reshape(size, classes)
        named = np.where(counts.any(axis=1), counts.argmax(axis=1), np.bincount(target[there]).argmax())
        right[here] = named[levels[here]] == target[here]
    rows = np.bincount(target, minlength=classes)
    common = rows >= rare
    if not common.any():
        return None
    by_class = np.bincount(target, right, minlength=classes)[common] / rows[common]
    return min(float(right.mean()), float(by_class.mean()))


def squared_correlation(first: np.ndarray, second: np.ndarray) -> float | None:
    """Give the squared linear correlation; None where one of the two is constant."""
    if first.size < 2:
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        left, right = first - first.mean(), second - second.mean()
        scales = float(np.sqrt(np.sum(left * left))), float(np.sqrt(np.sum(right * right)))
    if not all(np.isfinite(scale) and scale > 0 for scale in scales):
        return None
    return float(min(1.0, np.sum((left / scales[0]) * (right / scales[1])) ** 2))


def _by_half(levels: np.ndarray, halves: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
    """Sum weights (or count rows) by half and level: shape (2, levels)."""
    size = int(levels.max(initial=0)) + 1
    return np.bincount(halves * size + levels, weights, minlength=2 * size).reshape(2, size).astype(np.float64)


def _shrunk_means(sums: np.ndarray, rows: np.ndarray, prior: float) -> np.ndarray:
    overall = sums.sum() / max(1.0, float(rows.sum()))
    shrunk = (sums + prior * overall) / np.maximum(rows + prior, 1)
    return np.asarray(np.where(rows + prior > 0, shrunk, overall))


def _mean(found: list[float | None]) -> float | None:
    known = [value for value in found if value is not None]
    return sum(known) / len(known) if known else None
