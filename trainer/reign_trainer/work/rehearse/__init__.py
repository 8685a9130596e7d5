"""Rehearse: the version, asked with raw JSON, must answer what it answered on the holdout."""
