"""Score one version on one snapshot, in a process that loads no other."""

from reign_trainer.score.loaded_version import LoadedVersion, with_version
from reign_trainer.score.run_score import score

__all__ = ["LoadedVersion", "score", "with_version"]
