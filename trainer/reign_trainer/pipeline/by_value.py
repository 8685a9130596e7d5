"""What makes a logged model load where neither Reign nor the author's code is."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import cloudpickle

from . import encoding, labelled, shipped_files
from .code import modules_of
from .ship import ship_files


def register_by_value(code_folder: Path | None) -> list[ModuleType]:
    """Let cloudpickle write the author's modules and Reign's own wrappers into the model itself.

    Every module that was imported from the folder is registered, not only the one of the entrypoint: a class of a
    sibling would otherwise be looked up by name where the model is loaded, and not be found, or be that of another
    version. Data files beside the code travel too.

    Parameters
    ----------
    code_folder : pathlib.Path or None
        Where the author's code was unpacked and imported from.

    Returns
    -------
    list of module
        Those registered.
    """
    modules = [labelled, encoding, shipped_files]
    if code_folder is not None:
        modules += modules_of(code_folder)
        ship_files(code_folder)
    for module in modules:
        cloudpickle.register_pickle_by_value(module)
    return modules
