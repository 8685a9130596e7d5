"""Pictures of one document of evidence: the same in a folder, in a report and on an MLflow run."""

from .draw_evidence import draw_evidence

__all__ = ["draw_evidence"]
