"""Fit a definition's pipeline on a training snapshot and leave everything about it in MLflow."""

from reign_trainer.fit.run_fit import fit

__all__ = ["fit"]
