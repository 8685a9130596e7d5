"""What a definition says that its fits need, as the trainer takes it."""

from __future__ import annotations

import dataclasses

from reign_trainer.settings import Settings, available_cores
from reign_trainer.shapes import Definition, Resources
from reign_trainer.work.fit.resources import memory_of, with_resources
from small_model import definition


def _with(resources: Resources | None) -> Definition:
    return definition().model_copy(update={"resources": resources})


def test_threads_are_those_of_the_definition_up_to_the_cores_that_there_are() -> None:
    settings = Settings(store="/nowhere", fits_at_once=1, threads=7, others_at_once=5)
    assert with_resources(settings, _with(None)) is settings
    assert with_resources(settings, _with(Resources(memory="1GiB"))) is settings
    assert with_resources(settings, _with(Resources(threads=1))) == dataclasses.replace(settings, threads=1)
    assert with_resources(settings, _with(Resources(threads=1000))).threads == available_cores()


def test_memory_is_read_in_its_unit() -> None:
    assert memory_of(_with(None)) is None
    assert memory_of(_with(Resources(threads=1))) is None
    assert memory_of(_with(Resources(memory="512MiB"))) == 512 * 2**20
    assert memory_of(_with(Resources(memory="8GiB"))) == 8 * 2**30
