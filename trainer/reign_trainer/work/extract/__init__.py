"""Planned queries, carried out: Postgres to Parquet, all in one transaction."""

from reign_trainer.work.extract.run import ExtractCancelled, extract

__all__ = ["ExtractCancelled", "extract"]
