"""The gate in a notebook: what `reign gate try` says about two columns of predictions in a frame."""

from __future__ import annotations

import html
import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from reign_trainer.constants import RETRYABLE
from reign_trainer.errors import TrainerError
from reign_trainer.shapes import ErrorDetail

_MARKS = {"passed": "✓", "failed": "✗", "unknown": "?", "noted": "•", "notRun": "–"}


class Judged(dict[str, Any]):
    """What the gate said: ``verdict``, ``evidence`` and ``policy``, as JSON has them.

    Shown in a notebook it is a small report; `str` gives the same as text.
    """

    def __repr__(self) -> str:
        """Give verdict, sentence and checks, a line each."""
        verdict = self["verdict"]
        lines = [f"{_MARKS[each['status']]} {each['name']}: {each['measured']}" for each in verdict["checks"]]
        return "\n".join([f"{verdict['kind']}: {verdict['summary']}", *lines])

    __str__ = __repr__

    def _repr_html_(self) -> str:
        verdict = self["verdict"]
        rows = "".join(
            "<tr>"
            + "".join(
                f"<td style='text-align:left'>{html.escape(text)}</td>"
                for text in (
                    _MARKS[each["status"]],
                    each["name"] + (" (decided)" if each["name"] == verdict["deciding"] else ""),
                    each["measured"],
                    each["required"],
                )
            )
            + "</tr>"
            for each in verdict["checks"]
        )
        head = "".join(f"<th style='text-align:left'>{name}</th>" for name in ("", "check", "measured", "required"))
        return (
            f"<p><b>{html.escape(verdict['kind'])}</b> {html.escape(verdict['summary'])}</p>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )


def judge(
    frame: Any,
    policy: dict[str, Any] | str | Path,
    *,
    label: str = "label",
    challenger: str = "challenger",
    champion: str | None = "champion",
    cluster: str | Sequence[str] | None = None,
    event_time: str | None = None,
    weight: str | None = None,
    positive: str | float | bool | None = None,
    task: Literal["binary", "multiclass", "regression"] | None = None,
    checkout: str | Path | None = None,
) -> Judged:
    """Judge two columns of predictions by a policy, as a cycle would judge them.

    The gate exists once, in Reign's command line: the frame is written to a temporary file and `reign gate try` is run on
    it. Nothing is stored, and nothing is charged to a budget.

    Parameters
    ----------
    frame : pandas.DataFrame or pyarrow.Table
        One row for each prediction: label, both scores, and what slices, clusters and amounts need. Scores of a classifier
        are probabilities of the positive class; of several classes there is one column a class, ``challenger_<class>``.
    policy : dict, str or pathlib.Path
        The mapping that stands under ``gate:`` in a definition, or the path of a policy or of a whole definition.
    label, challenger : str
        Columns of the frame.
    champion : str or None
        None: the trivial predictor has to be beaten.
    cluster : str, sequence of str, or 'none', optional
        Which rows depend on each other: those of one value of a column (or of two), or ``'none'``. Default: those of one
        UTC day of the event time.
    event_time : str, optional
        Default: ``event_time``, where the frame has it.
    weight : str, optional
        Importance weights.
    positive : optional
        Which of two labels the score is for. Must be given where they are texts.
    task : {'binary', 'multiclass', 'regression'}, optional
        Default: as the labels say.
    checkout : str or pathlib.Path, optional
        The folder that Reign is checked out in. Default: ``REIGN_CHECKOUT``, or the one that this package lies in.

    Returns
    -------
    Judged
        A dict of ``verdict``, ``evidence`` and ``policy``.

    Raises
    ------
    TrainerError
        With the code and the message of the command line: a column that is missing, a policy that contradicts itself.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> random = np.random.default_rng(0)
    >>> truth = random.random(4000)
    >>> frame = pd.DataFrame(
    ...     {
    ...         "label": random.random(4000) < truth,
    ...         "challenger": truth,
    ...         "champion": np.clip(truth + random.normal(0, 0.3, 4000), 0, 1),
    ...         "event_time": pd.date_range("2026-01-01", periods=4000, freq="10min"),
    ...     }
    ... )
    >>> judge(frame, {"primary": "roc_auc"})["verdict"]["kind"]
    'promote'
    """
    root = _checkout(checkout)
    with TemporaryDirectory(prefix="reign-judge-") as folder:
        file = Path(folder) / "frame.parquet"
        table = frame if isinstance(frame, pa.Table) else pa.Table.from_pandas(frame, preserve_index=False)
        pq.write_table(table, file)
        options = {
            "--policy": _policy_file(policy, Path(folder)),
            "--label": label,
            "--challenger": challenger,
            "--champion": "none" if champion is None else champion,
            "--event-time": event_time,
            "--weight": weight,
            "--positive": _as_text(positive),
            "--task": task,
        }
        given = [part for name, value in options.items() if value is not None for part in (name, str(value))]
        columns = [] if cluster is None else [cluster] if isinstance(cluster, str) else list(cluster)
        given += [part for name in columns for part in ("--cluster", name)]
        answer = _run(root, ["gate", "try", str(file), *given, "--json"])
    return Judged(verdict=answer["verdict"], evidence=answer["measured"], policy=answer["policy"])


def _run(root: Path, arguments: list[str]) -> dict[str, Any]:
    node = root / "node_modules" / ".bin" / "node"
    done = subprocess.run(
        [str(node), str(root / "cli" / "reign.ts"), *arguments], capture_output=True, text=True, check=False
    )
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        said = (done.stderr.strip().splitlines() or ["nothing was printed"])[-1]
        raise TrainerError.of("Internal", "commandLine", checkout=str(root), exit=done.returncode, said=said) from None
    if "error" in answer:
        said = answer["error"]
        filled = {"situation": said.get("situation"), "values": said.get("values")}
        detail = ErrorDetail(traceback=None, file=None, line=None, **filled)
        raise TrainerError(said["code"] if said["code"] in RETRYABLE else "Internal", said["message"], detail)
    return answer


def _checkout(given: str | Path | None) -> Path:
    named = given or os.environ.get("REIGN_CHECKOUT")
    choices = [Path(named)] if named else list(Path(__file__).resolve().parents)
    for folder in choices:
        if (folder / "cli" / "reign.ts").is_file():
            return folder.absolute()
    where = f"{named} is not" if named else "This package does not lie in"
    raise TrainerError.of("SettingMissing", "checkout", where=where)


def _policy_file(policy: dict[str, Any] | str | Path, folder: Path) -> str:
    if not isinstance(policy, dict):
        return str(policy)
    whole = "source" in policy or set(policy) == {"gate"}
    file = folder / "policy.yaml"
    # JSON is YAML.
    file.write_text(json.dumps(policy if whole else {"gate": policy}))
    return str(file)


def _as_text(value: str | float | bool | None) -> str | None:
    """Write a class as the command line does: true, 1, 0.5."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if float(value).is_integer() else str(value)
