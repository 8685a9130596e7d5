"""Estimators by hand and through the trainer's children: the same rows, order and seeds give the same predictions."""

from __future__ import annotations

import json
import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reign_trainer.errors import TrainerError
from reign_trainer.pipeline.build import fix_histograms, seed_random_states
from reign_trainer.settings import Settings
from reign_trainer.shapes import Definition, ScoreRequest
from reign_trainer.store import Store
from reign_trainer.work.fit.training_rows import TrainingRows, read_training_rows
from reign_trainer.work.model.seeds import seed_everything, seed_of
from small_model import definition, fit_request, rows, snapshot
from threadpoolctl import threadpool_limits

from work.fit.estimators import is_classifier_class, known, pipeline

#: So many in every run of the tests; all of them with REIGN_FUZZ=1.
ALWAYS = (
    "LogisticRegression",
    "HistGradientBoostingClassifier",
    "StackingClassifier",
    "Ridge",
    "LGBMClassifier",
    "XGBClassifier",
    "CatBoostClassifier",
    "BalancedRandomForestClassifier",
)
FUZZ = bool(os.environ.get("REIGN_FUZZ"))
TWO_CLASSES = ("FixedThresholdClassifier", "TunedThresholdClassifierCV")
#: No probabilities: `apply` refuses them, and says which class gives some to any classifier.
REFUSED = (
    *("LinearSVC", "NuSVC", "OneVsOneClassifier", "OutputCodeClassifier", "PassiveAggressiveClassifier", "Perceptron"),
    *("RidgeClassifier", "RidgeClassifierCV", "SGDClassifier", "SVC"),
)
#: Want several labels a row, or one feature: they fail by hand too.
OTHER_ROWS = (
    *("CCA", "ClassifierChain", "IsotonicRegression", "MultiOutputClassifier", "MultiOutputRegressor"),
    *("MultiTaskElasticNet", "MultiTaskElasticNetCV", "MultiTaskLasso", "MultiTaskLassoCV", "PLSCanonical"),
    "RegressorChain",
)

#: Their linear algebra rounds otherwise in another process: the last bits of equal fits differ.
ROUNDED_BY_PROCESS = ("GaussianProcessClassifier", "KernelRidge")


def definition_of(name: str) -> Definition:
    if not is_classifier_class(known()[name]):
        return definition(task="regression", source={"label": "cost"}, label=None)
    if name in TWO_CLASSES:
        return definition()
    return definition(source={"label": "kind"}, task="multiclass", label={"classes": ["c", "a", "b"]})


def by_hand(name: str, found: TrainingRows, wanted: Definition, seed: int) -> np.ndarray:
    """Fit as a notebook would, with the seeds of the snapshot, and answer the same rows."""
    author = pipeline(name)
    seed_random_states(author, seed)
    fix_histograms(author)
    seed_everything(seed)
    if wanted.label is None:
        return np.asarray(author.fit(found.features, found.labels).predict(found.features), dtype=float).reshape(-1)
    classes = np.asarray(wanted.label.classes, dtype=None if name in TWO_CLASSES else object)
    # XGBoost takes no other labels than codes.
    labels = found.labels.astype(int) if name.startswith("XGBC") else classes[found.labels.astype(int)]
    answered = author.fit(found.features, labels).predict_proba(found.features)
    if name.startswith("XGBC"):
        return np.asarray(answered, dtype=float)
    order = [list(author.classes_).index(one) for one in wanted.label.classes]
    return np.asarray(answered, dtype=float)[:, order]


def through_children(name: str, train: str, wanted: Definition, store: Store, in_child: Any) -> np.ndarray:
    """Fit and score as the activities do: one child fits, and another one loads what the first has left."""
    files = {
        "pipeline.py": f"from estimators import pipeline\n\ndef build():\n    return pipeline({name!r})\n",
        "estimators.py": Path(__file__).with_name("estimators.py").read_text(encoding="utf-8"),
    }
    packed = store.write_document("code", json.dumps({"files": files}, sort_keys=True).encode())
    request = fit_request(store, None, of=wanted, code_hash=packed, train=train)
    fitted = in_child("fit", request)
    scored = in_child(
        "score",
        ScoreRequest(model_uri=fitted.model_uri, name=name, definition=wanted, snapshot=train, rehearsed_rows=20),
    )
    assert (scored.rehearsal.rows, scored.rehearsal.mismatches) == (20, 0)
    answered = store.read_rows("predictions", scored.predictions)
    scores = [column for column in answered.column_names if column.startswith("score")]
    return np.column_stack([answered[column].to_numpy() for column in scores])


@pytest.mark.parametrize("name", sorted(known()) if FUZZ else ALWAYS)
def test_an_estimator_answers_the_same_by_hand_and_through_the_children(
    name: str, store: Store, settings: Settings, in_child: Any
) -> None:
    warnings.simplefilter("ignore")
    wanted = definition_of(name)
    train = snapshot(store, rows(150 if "GaussianProcess" in name else 400))
    found = read_training_rows(store, train, wanted)
    if name in REFUSED:
        with pytest.raises(TrainerError, match=f"{name} has no `predict_proba`.*CalibratedClassifierCV") as refused:
            through_children(name, train, wanted, store, in_child)
        assert refused.value.code == "PipelineInvalid"
        return
    if name in OTHER_ROWS:
        with pytest.raises(Exception, match=".") as by_itself:
            by_hand(name, found, wanted, seed_of(train))
        with pytest.raises(TrainerError, match=f"{type(by_itself.value).__name__} in fit") as failed:
            through_children(name, train, wanted, store, in_child)
        assert failed.value.code == "FitFailed"
        return
    answered = through_children(name, train, wanted, store, in_child)
    # As many threads as the children have: sums of BLAS differ in their last bits otherwise.
    with threadpool_limits(settings.threads):
        expected = by_hand(name, found, wanted, seed_of(train))
    if wanted.label is not None and len(wanted.label.classes) == 2:
        expected = expected[:, 1]
    difference = float(np.abs(answered - expected.reshape(len(answered), -1)).max())
    assert difference <= (1e-9 if name in ROUNDED_BY_PROCESS else 0.0)
