"""The code form: a function of the author's that returns a pipeline."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from reign_trainer.errors import TrainerError
from reign_trainer.shapes import ErrorDetail

from .code import modules_of, roots_of
from .invalid import invalid, nearest
from .traceback import author_traceback

if TYPE_CHECKING:
    from reign_trainer.store import Store


#: The code folder as a package, where the file imports its neighbours as ``from .features import Hour``.
_PACKAGE = "reign_code"


def build_from_code(entrypoint: str, code_folder: Path, store: Store | None) -> Any:
    """Import the author's file and call its function.

    The folder comes first in ``sys.path``, the file's own folder before it: what is imported from a sibling is found.

    Parameters
    ----------
    entrypoint : str
        ``FILE.py:FUNCTION``, the file relative to the folder.
    code_folder : pathlib.Path
    store : Store or None
        Takes the full traceback.

    Returns
    -------
    object
        Whatever the function returns.

    Raises
    ------
    TrainerError
        ``PipelineImport`` where the file does not import; ``PipelineInvalid`` where the function is missing, takes
        arguments or raises.
    """
    file, _, function_name = entrypoint.rpartition(":")
    module = _import(file, code_folder, store)
    function = getattr(module, function_name, None)
    if function is None:
        functions = [name for name, value in vars(module).items() if inspect.isfunction(value)]
        raise invalid(file, "functionUnknown", function=function_name, hint=nearest(function_name, functions))
    if not callable(function) or inspect.isclass(function):
        raise invalid(file, "notAFunction", function=function_name, type=type(function).__name__)
    required = _required_arguments(function)
    if required:
        raise invalid(file, "takesArguments", function=function_name, arguments=", ".join(required))
    try:
        return function()
    except MemoryError:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001
        known = _known(error, code_folder, store)
        what = f"`{function_name}` of {file}"
        raise TrainerError.of(
            "PipelineInvalid",
            "raised",
            place=known.place,
            function=what,
            exception=known.exception,
            detail=known.detail,
        ) from None


def _import(file: str, code_folder: Path, store: Store | None) -> ModuleType:
    path = code_folder / file
    if not path.is_file() or not path.resolve().is_relative_to(code_folder.resolve()):
        raise invalid("pipeline.entrypoint", "fileMissing", file=file)
    name = path.stem
    taken = sys.modules.get(name)
    if name in sys.stdlib_module_names or (taken is not None and taken not in modules_of(code_folder)):
        raise invalid("pipeline.entrypoint", "fileShadows", file=file, module=name)
    if taken is not None:
        return taken
    if _imports_relatively(path):
        package = ModuleType(_PACKAGE)
        package.__path__ = [str(code_folder)]
        sys.modules[_PACKAGE] = package
        name = ".".join([_PACKAGE, *Path(file).with_suffix("").parts])
    for folder in (str(code_folder), str(path.parent)):
        if folder in sys.path:
            sys.path.remove(folder)
        sys.path.insert(0, folder)
    importlib.invalidate_caches()
    try:
        return importlib.import_module(name)
    except MemoryError:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001
        known = _known(error, code_folder, store)
        raise TrainerError.of(
            "PipelineImport", "raised", place=known.place, file=file, exception=known.exception, detail=known.detail
        ) from None


def _imports_relatively(path: Path) -> bool:
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):  # importing it says where
        return False
    return any(isinstance(node, ast.ImportFrom) and node.level > 0 for node in ast.walk(tree))


def _required_arguments(function: Any) -> list[str]:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    return [
        one.name
        for one in parameters
        if one.default is one.empty and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
    ]


class _Known(NamedTuple):
    """What a message may say of an exception that came before any row was read."""

    place: str
    exception: str
    detail: ErrorDetail


def _known(error: BaseException, code_folder: Path, store: Store | None) -> _Known:
    short, full, file, line = author_traceback(error, code_folder)
    stored = None if store is None else store.write_document("tracebacks", full.encode())
    return _Known(
        place="" if file is None else f"{file}:{line}: ",
        exception=short.splitlines()[0] + _missing_file(error, code_folder),
        detail=ErrorDetail(traceback=stored, file=file, line=line),
    )


def _missing_file(error: BaseException, code_folder: Path) -> str:
    """Name a file that is not in the folder. Only before a fit: no row has been read that could be part of the name."""
    if not isinstance(error, FileNotFoundError) or not isinstance(error.filename, str | Path):
        return ""
    for root in roots_of(code_folder):
        if Path(error.filename).is_relative_to(root):
            name = Path(error.filename).relative_to(root).as_posix()
            return (
                f" ({name} is not among the files that travel with the definition: it is missing, larger than 10 MB,"
                " hidden, or of a kind that stays behind)"
            )
    return " (the file lies outside of the definition's folder: only what is in the folder travels)"
