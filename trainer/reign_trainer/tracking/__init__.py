"""What a fit and its evidence leave in MLflow."""

from reign_trainer.tracking.fitted_model import FittedModel
from reign_trainer.tracking.log_evidence import log_evidence
from reign_trainer.tracking.save_model import save_model
from reign_trainer.tracking.tracked_fit import TrackedFit
from reign_trainer.tracking.training_measures import TrainingMeasures, measure_training

__all__ = ["FittedModel", "TrackedFit", "TrainingMeasures", "log_evidence", "measure_training", "save_model"]
