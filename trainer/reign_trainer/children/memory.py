"""Was a child killed for memory? What the kernel counts, and what the child last used."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from pathlib import Path

#: A child that used this share of what there is and was then killed did not die by accident.
_SUSPICIOUS_SHARE = 0.85


@dataclass(frozen=True)
class MemoryWatch:
    """The kernel's count of processes killed for memory, before a child started.

    Attributes
    ----------
    kills : int
        Sum of the counters of the machine and of the control groups that this process is in.
    limit : int or None
        Bytes that there are: the machine's, or the control group's limit.
    root : pathlib.Path
        Where ``proc`` and ``sys`` are found.
    """

    kills: int
    limit: int | None
    root: Path

    @classmethod
    def start(cls, root: Path = Path("/")) -> MemoryWatch:
        """Look before a child starts."""
        return cls(_kills(root), _limit(root), root)

    def blames(self, peak: int | None) -> bool:
        """Tell whether a child that was killed was killed for memory.

        Parameters
        ----------
        peak : int or None
            The most memory that it was seen to use, in bytes.
        """
        if _kills(self.root) > self.kills:
            return True
        return peak is not None and self.limit is not None and peak >= _SUSPICIOUS_SHARE * self.limit


def peak_memory(pid: int) -> int | None:
    """Give the most memory that a process has used so far, in bytes; None where that cannot be told."""
    with contextlib.suppress(OSError):
        found = re.search(r"^VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
        if found is not None:
            return int(found[1]) * 1024
    return None


def _kills(root: Path) -> int:
    counters = [root / "proc/vmstat", *(group / "memory.events" for group in _unified(root))]
    counters += [group / "memory.oom_control" for group in _legacy(root)]
    return sum(int(count) for path in counters for count in re.findall(r"^oom_kill (\d+)$", _read(path), re.MULTILINE))


def _limit(root: Path) -> int | None:
    limits = [int(size) * 1024 for size in re.findall(r"^MemTotal:\s+(\d+) kB", _read(root / "proc/meminfo"))]
    files = [group / "memory.max" for group in _unified(root)]
    files += [group / "memory.limit_in_bytes" for group in _legacy(root)]
    limits += [int(text) for path in files if (text := _read(path).strip()).isdecimal()]
    return min(limits, default=None)


def _unified(root: Path) -> list[Path]:
    return _groups(root / "sys/fs/cgroup", re.findall(r"^0::(/.*)$", _read(root / "proc/self/cgroup"), re.MULTILINE))


def _legacy(root: Path) -> list[Path]:
    names = re.findall(r"^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(/.*)$", _read(root / "proc/self/cgroup"), re.MULTILINE)
    return _groups(root / "sys/fs/cgroup/memory", names)


def _groups(mount: Path, names: list[str]) -> list[Path]:
    """Give the control group and, for a container that sees its own group as the root, the mount itself."""
    return [mount, *(mount / name.lstrip("/") for name in names if name != "/")]


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
