"""Rehearse: the version, asked with raw JSON, must answer what it answered on the holdout."""

from reign_trainer.rehearse.run_rehearse import rehearse

__all__ = ["rehearse"]
