"""Fit a definition's pipeline on a training snapshot and leave everything about it in MLflow."""
