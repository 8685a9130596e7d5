"""One author's child where the kernel offers no Landlock: ``python -m children.without_landlock REQUEST STORE``.

A filter of system calls answers as a kernel does that was built without it, or a container that keeps it away.
"""

from __future__ import annotations

import asyncio
import ctypes
import errno
import json
import logging
import os
import sys
from typing import Any

_NO_NEW_PRIVS, _SET_SECCOMP, _MODE_FILTER = 38, 22, 2
_LOAD_NUMBER, _AT_LEAST, _ABOVE, _RETURN = 0x20, 0x35, 0x25, 0x06
_FAIL, _ALLOW = 0x00050000, 0x7FFF0000


class _Instruction(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint16), ("yes", ctypes.c_uint8), ("no", ctypes.c_uint8), ("value", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("instructions", ctypes.POINTER(_Instruction)))


def take_landlock_away() -> None:
    """Let Landlock's system calls, 444 to 446, fail in this process and in all that it starts."""
    instructions = (_Instruction * 5)(
        _Instruction(_LOAD_NUMBER, 0, 0, 0),
        _Instruction(_AT_LEAST, 0, 2, 444),
        _Instruction(_ABOVE, 1, 0, 446),
        _Instruction(_RETURN, 0, 0, _FAIL | errno.ENOSYS),
        _Instruction(_RETURN, 0, 0, _ALLOW),
    )
    libc = ctypes.CDLL(None, use_errno=True)
    program = _Program(len(instructions), instructions)
    if libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program), 0, 0):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def main() -> None:
    """Run the child and print what it tells."""
    take_landlock_away()
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    from reign_trainer.children import run_child
    from reign_trainer.settings import Settings

    asked, settings = json.loads(sys.argv[1]), Settings(store=sys.argv[2])
    told = asyncio.run(run_child("children.author_code:pry", asked, settings, answer=dict[str, Any], author=True))
    print(json.dumps(told))


if __name__ == "__main__":
    main()
