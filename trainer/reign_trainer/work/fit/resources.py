"""What a definition says that its fits need."""

from __future__ import annotations

import dataclasses

from reign_trainer.settings import Settings, available_cores
from reign_trainer.shapes import Definition

_UNITS = {"MiB": 2**20, "GiB": 2**30}


def with_resources(settings: Settings, definition: Definition) -> Settings:
    """Give the settings of a fit: the definition's threads, where it names them, up to the cores that there are."""
    threads = None if definition.resources is None else definition.resources.threads
    return settings if threads is None else dataclasses.replace(settings, threads=min(threads, available_cores()))


def memory_of(definition: Definition) -> int | None:
    """Give how many bytes a fit may take; None where the definition does not say."""
    memory = None if definition.resources is None else definition.resources.memory
    return None if memory is None else int(memory[:-3]) * _UNITS[memory[-3:]]
