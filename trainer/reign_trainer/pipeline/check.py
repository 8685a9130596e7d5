"""The `checkPipeline` activity's work: everything about a pipeline that can be known before a fit."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from reign_trainer.environment import environment
from reign_trainer.shapes import CheckPipelineRequest, CheckPipelineResult, CodePipeline

from .build import build_pipeline
from .code import forget_code, unpack_code
from .estimator import describe_steps
from .invalid import invalid, nearest

if TYPE_CHECKING:
    from reign_trainer.store import Store


def check_pipeline(request: CheckPipelineRequest, store: Store) -> CheckPipelineResult:
    """Import, build and check the pipeline of a definition.

    Nothing is fitted: rows that are made up can fail where real ones do not, and the other way round.

    Parameters
    ----------
    request : CheckPipelineRequest
    store : Store
        Has the code, and takes the full traceback where it raises.

    Returns
    -------
    CheckPipelineResult
        The classes of the steps, and the environment that they were found in.

    Raises
    ------
    TrainerError
        ``PipelineImport``, ``PipelineInvalid``, or what the store raises.
    """
    definition = request.definition
    names = [column.name for column in request.columns]
    for at, feature in enumerate(definition.source.features):
        if names and feature not in names:
            raise invalid(f"source.features[{at}]", "noColumn", column=feature, hint=nearest(feature, names))
    with tempfile.TemporaryDirectory(prefix="reign-check-") as scratch:
        folder = Path(scratch)
        try:
            if request.code_hash is not None and isinstance(definition.pipeline, CodePipeline):
                unpack_code(store, request.code_hash, folder)
            estimator = build_pipeline(definition, folder if request.code_hash is not None else None, store=store)
            return CheckPipelineResult(steps=describe_steps(estimator), environment=environment())
        finally:
            forget_code(folder)
