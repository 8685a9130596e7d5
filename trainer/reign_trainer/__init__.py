"""Reign's trainer: extracts, fits, scores and evaluates models, as Temporal activities."""
