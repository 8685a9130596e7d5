"""From the stored predictions of a challenger and a champion to a document of evidence."""

from .evaluate import evaluate

__all__ = ["evaluate"]
