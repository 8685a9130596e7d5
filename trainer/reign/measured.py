"""The evidence about two columns of predictions."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from reign_trainer.plots import draw_evidence
from reign_trainer.shapes import Evidence

from reign.command import ask


@dataclass(frozen=True)
class Measured:
    """What was measured, and what the gate makes of it. A notebook shows its picture.

    Attributes
    ----------
    evidence : Evidence
        Every number: ``evidence.metrics["roc_auc"].difference.estimate``.
    verdict : dict
        ``kind`` (promote, keep, review, insufficient or invalid), ``summary``, and every check.
    pictures : dict of str to bytes
        PNG by name: ``differences``, and what else the evidence has something for.
    """

    evidence: Evidence
    verdict: dict[str, Any]
    pictures: dict[str, bytes]

    def _repr_png_(self) -> bytes | None:
        return self.pictures.get("differences")

    def __str__(self) -> str:
        """Give the verdict in one sentence."""
        return f"{self.verdict['kind']}: {self.verdict['summary']}"


def measure(frame: pd.DataFrame, policy: str | Path | Mapping[str, Any], **columns: str) -> Measured:
    """Compare two columns of predictions on the same rows, as the gate does in a cycle. Nothing is stored or charged.

    Parameters
    ----------
    frame : pandas.DataFrame of shape (rows, columns)
        By default with the columns ``label``, ``challenger`` and ``champion`` (probabilities, or numbers for a
        regression) and ``event_time``.
    policy : str or pathlib.Path or mapping
        A definition or a policy: the path of a YAML file, or what stands below ``gate:``.
    **columns : str
        Names of columns where they are others, and what ``reign gate try`` has options for: ``label``, ``challenger``,
        ``champion`` (``"none"``: the trivial predictor), ``cluster``, ``event_time``, ``weight``, ``positive``,
        ``task``.

    Returns
    -------
    Measured

    Raises
    ------
    ReignError
        What the command ``reign gate try`` refuses.

    Examples
    --------
    >>> reign.measure(frame, {"primary": "roc_auc"}, positive="defaulted")
    """
    with tempfile.TemporaryDirectory(prefix="reign-measure-") as name:
        folder = Path(name)
        file = folder / "predictions.parquet"
        frame.to_parquet(file, index=False)
        options = [part for key, value in columns.items() for part in (f"--{key.replace('_', '-')}", value)]
        answer = ask("gate", "try", str(file), "--policy", str(_policy_file(policy, folder)), *options)
        evidence = Evidence.model_validate(answer["measured"])
        drawn = list(draw_evidence(evidence, folder / "pictures"))
        pictures = {Path(one).stem: (folder / "pictures" / one).read_bytes() for one in drawn}
    return Measured(evidence, answer["verdict"], pictures)


def _policy_file(policy: str | Path | Mapping[str, Any], folder: Path) -> Path:
    if not isinstance(policy, Mapping):
        return Path(policy)
    # JSON is YAML.
    file = folder / "policy.yaml"
    file.write_text(json.dumps({"gate": dict(policy)}), encoding="utf-8")
    return file
