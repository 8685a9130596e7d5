"""Planned queries, carried out: Postgres to Parquet, all in one transaction."""

from reign_trainer.extract.run import ExtractCancelled, extract

__all__ = ["ExtractCancelled", "extract"]
