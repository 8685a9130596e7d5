"""Child processes: everything that fits, loads or scores a model runs in one of its own."""

from reign_trainer.children.forkserver import start_forkserver
from reign_trainer.children.report import Report
from reign_trainer.children.run_child import Limits, run_child
from reign_trainer.children.scratch import remove_abandoned_folders, scratch_folder

__all__ = ["Limits", "Report", "remove_abandoned_folders", "run_child", "scratch_folder", "start_forkserver"]
