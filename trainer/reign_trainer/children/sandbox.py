"""What an author's code may touch: its own folder, the installed libraries, and nothing else of this machine."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import resource
import sys
import sysconfig
from pathlib import Path

from reign_trainer.children.landlock import landlock_version, restrict

_NO_NEW_PRIVS, _SUBREAPER, _DEATH_SIGNAL, _DROP_FROM_BOUNDING = 38, 36, 1, 24
_SYSTEM = ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/sbin", "/nix/store")
_FACTS = (
    *("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime", "/etc/timezone", "/etc/passwd"),
    *("/etc/group", "/etc/nsswitch.conf", "/etc/os-release", "/etc/mime.types", "/etc/fonts", "/etc/ssl/certs"),
    *("/proc", "/sys/devices/system", "/sys/fs/cgroup", "/sys/kernel/mm"),
    *("/dev/urandom", "/dev/random", "/dev/zero"),
)
#: Semaphores of OpenMP and of worker processes lie in shared memory.
_DEVICES = ("/dev/null", "/dev/shm")


def enter_sandbox(folder: str, user: int | None) -> None:
    """Give up everything that is not this child's, for good. Called before any of the author's code runs.

    Parameters
    ----------
    folder : str
        The child's own.
    user : int or None
        Whose rights to take; None keeps those of the trainer's user. Capabilities go in either case.
    """
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform != "linux":
        return
    _prctl(_NO_NEW_PRIVS, 1)
    if os.geteuid() == 0:
        _drop_capabilities(user)
    restrict([*_libraries(), *_SYSTEM, *_FACTS], [folder, *_DEVICES])


def limit_memory(size: int) -> None:
    """Let this process, and each that it starts, take so many bytes of data more than it has; on Linux.

    Elsewhere the limit does not count what large arrays take.
    """
    if sys.platform != "linux":
        return
    has = re.search(r"^VmData:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    limit = size + (0 if has is None else int(has[1]) * 1024)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def what_is_missing(user: int | None) -> str | None:
    """Say once, for the log, what this machine does not offer; None where nothing is missing."""
    version = landlock_version()
    if version >= 4:
        return None
    kept = (
        "TCP ports" if version else "files and TCP ports" if user is None else "files that everybody may read and TCP"
    )
    return f"the kernel has no Landlock of version 4: pipelines are not kept from {kept}"


def usable_user(user: int) -> bool:
    """Tell whether this process is root's and another user can read Python and its libraries here."""
    if os.geteuid() != 0:
        return False
    pid = os.fork()
    if pid == 0:
        try:
            os.setgroups([])
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
            readable = all(os.access(path, os.R_OK | os.X_OK) for path in _libraries() if path != "/")
            os._exit(0 if readable and os.access(os.__file__, os.R_OK) else 1)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def die_with_parent() -> None:
    """End this process when the one that started it is gone, however that one ended. Linux only."""
    if sys.platform == "linux":
        _prctl(_DEATH_SIGNAL, 9)


def adopt_orphans() -> None:
    """Become the parent of whatever a descendant leaves behind: nothing that a child started escapes. Linux only."""
    if sys.platform == "linux":
        _prctl(_SUBREAPER, 1)


def _libraries() -> list[str]:
    """Give the folders that Python and its libraries are in, as they are after all symbolic links."""
    named = [sys.prefix, sys.base_prefix, sys.exec_prefix, sysconfig.get_path("stdlib"), sys.executable, *sys.path]
    real = {os.path.realpath(path) for path in named if path}
    return sorted(path for path in {*real, *filter(None, named)} if Path(path).exists() and path != "/")


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _CapabilitySets(ctypes.Structure):
    _fields_ = (("sets", ctypes.c_uint32 * 6),)


def _drop_capabilities(user: int | None) -> None:
    for capability in range(64):
        with contextlib.suppress(OSError):
            _prctl(_DROP_FROM_BOUNDING, capability)
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    header = _CapabilityHeader(0x20080522, 0)
    ctypes.CDLL(None, use_errno=True).capset(ctypes.byref(header), ctypes.byref(_CapabilitySets()))


def _prctl(option: int, value: int) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
