"""A full disk, said in one way wherever it is met."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from reign_trainer.errors import TrainerError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def disk_full(error: BaseException, place: Path) -> TrainerError | None:
    """Give ``DiskFull`` for an error that a full disk caused, None for any other.

    Parameters
    ----------
    error : BaseException
        It, or what it was raised from.
    place : pathlib.Path
        On the disk that was written to.
    """
    one: BaseException | None = error
    while one is not None:
        if isinstance(one, OSError) and one.errno in _FULL:
            while not place.exists() and place != place.parent:
                place = place.parent
            free = shutil.disk_usage(place).free
            return TrainerError.of("DiskFull", "full", place=str(place), free=round(free / 2**20))
        one = one.__cause__ or one.__context__
    return None
