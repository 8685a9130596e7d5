"""Page and pictures of a run: none of them may fail a fit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from reign_trainer.work.model.estimator_page import estimator_page
from reign_trainer.work.model.training_measures import TrainingMeasures
from reign_trainer.work.tracking.pictures import draw_pictures
from sklearn.linear_model import LogisticRegression
from small_model import definition


class Bare:
    """An estimator that is nothing of scikit-learn's."""

    def fit(self, X: object, y: object) -> Bare:
        return self


class Leaving(LogisticRegression):  # type: ignore[misc]
    """Ends the process when it is looked at."""

    def __repr__(self, N_CHAR_MAX: int = 700) -> str:
        raise SystemExit


@pytest.mark.parametrize("estimator", [Bare(), Leaving()])
def test_a_page_of_an_estimator_that_scikit_learn_cannot_draw_is_its_name(estimator: object) -> None:
    page = estimator_page(estimator)
    assert f"<p>{type(estimator).__name__}</p>" in page


def test_a_page_of_one_that_it_can_is_its_picture() -> None:
    assert "sk-estimator" in estimator_page(LogisticRegression())


def test_a_class_may_be_called_like_a_formula(tmp_path: Path) -> None:
    measures = TrainingMeasures({}, np.array([0.0, 1.0, 1.0]), np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]]), None)
    list(draw_pictures(measures, definition(label={"classes": ["$10_$20", "$x^^$"]}), tmp_path))
    assert len(list(tmp_path.iterdir())) == 4


def test_a_picture_that_cannot_be_drawn_is_left_out(tmp_path: Path) -> None:
    nothing = TrainingMeasures({}, np.array([]), np.empty((0, 2)), None)
    list(draw_pictures(nothing, definition(), tmp_path))
    assert "training_roc_curve.png" not in {path.name for path in tmp_path.iterdir()}


@pytest.mark.parametrize("scale", [1e-5, 1.0, 1e8])
def test_the_label_of_residuals_stands_clear_of_their_numbers(tmp_path: Path, scale: float) -> None:
    labels = scale * np.linspace(-1.0, 1.0, 40)
    list(
        draw_pictures(
            TrainingMeasures({}, labels, labels[::-1], None), definition(task="regression", label=None), tmp_path
        )
    )
    with Image.open(tmp_path / "training_residuals.png") as image:
        pixels = np.asarray(image.convert("L"))
    # The label ends .23 inches from the left, the numbers begin at .28.
    assert (pixels[:, 28:32] == 255).all()
