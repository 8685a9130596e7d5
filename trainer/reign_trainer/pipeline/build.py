"""From a definition to an unfitted estimator."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reign_trainer.shapes import CodePipeline, Definition

from .class_keys import with_class_keys
from .declarative import build_declarative
from .entrypoint import build_from_code
from .estimator import check_estimator
from .invalid import invalid

if TYPE_CHECKING:
    from reign_trainer.store import Store


def build_pipeline(
    definition: Definition, code_folder: Path | None, *, seed: int = 0, store: Store | None = None
) -> Any:
    """Build the pipeline of a definition, check it and seed it.

    Parameters
    ----------
    definition : Definition
    code_folder : pathlib.Path or None
        Where the code was unpacked; None for a declarative pipeline.
    seed : int, default 0
        For every ``random_state`` that is None, 0 to 2**32 - 1.
    store : Store, optional
        Takes the full traceback where the author's code raises.

    Returns
    -------
    estimator
        Unfitted, with ``fit`` and ``predict``, and ``predict_proba`` where the task is a classification. `fit_author`
        fits it.

    Raises
    ------
    TrainerError
        ``PipelineImport`` or ``PipelineInvalid``.
    """
    pipeline = definition.pipeline
    if isinstance(pipeline, CodePipeline):
        if code_folder is None:
            raise invalid("pipeline.entrypoint", "withoutCode")
        estimator = build_from_code(pipeline.entrypoint, code_folder, store)
        where = pipeline.entrypoint
    else:
        estimator = with_class_keys(build_declarative(pipeline), definition)
        where = "pipeline"
    check_estimator(estimator, definition, where)
    seed_random_states(estimator, seed)
    fix_histograms(estimator)
    return estimator


def fix_histograms(estimator: Any) -> None:
    """Let every LightGBM model build its histograms by column, where its author chose neither way.

    Left to itself LightGBM measures which way is faster: two fits of the same rows then differ in their last bits.
    """
    inner = estimator.get_params(deep=True).values() if hasattr(estimator, "get_params") else []
    for part in (estimator, *inner):
        if not type(part).__module__.startswith("lightgbm.") or not hasattr(part, "set_params"):
            continue
        chosen = part.get_params()
        if not chosen.get("force_col_wise") and not chosen.get("force_row_wise"):
            part.set_params(force_col_wise=True, deterministic=True)


def seed_random_states(estimator: Any, seed: int) -> None:
    """Set every ``random_state`` that is None, also of what is inside. What takes none stays as its author built it."""
    if not hasattr(estimator, "get_params"):
        return
    unset = [
        name
        for name, value in estimator.get_params(deep=True).items()
        if value is None and (name == "random_state" or name.endswith("__random_state"))
    ]
    for name in unset:
        with suppress(Exception):
            estimator.set_params(**{name: seed})
