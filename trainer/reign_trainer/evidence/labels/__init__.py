"""What the labels of a holdout themselves say: which are missing, and whom the ones that are there stand for."""

from .label_evidence import label_evidence
from .selection import selection

__all__ = ["label_evidence", "selection"]
