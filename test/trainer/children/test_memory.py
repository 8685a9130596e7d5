"""A child that the system killed for memory is told from one that died by accident."""

from __future__ import annotations

from pathlib import Path

from reign_trainer.children.memory import MemoryWatch


def _machine(root: Path) -> Path:
    for name in ("proc/self", "sys/fs/cgroup/reign"):
        (root / name).mkdir(parents=True)
    (root / "proc/meminfo").write_text("MemTotal:       16000000 kB\nMemFree: 1 kB\n")
    (root / "proc/vmstat").write_text("pgfault 3\noom_kill 2\n")
    (root / "proc/self/cgroup").write_text("0::/reign\n")
    (root / "sys/fs/cgroup/reign/memory.max").write_text("1000000000\n")
    (root / "sys/fs/cgroup/reign/memory.events").write_text("oom 1\noom_kill 1\n")
    return root


def test_a_risen_counter_of_the_control_group_tells(tmp_path: Path) -> None:
    watch = MemoryWatch.start(_machine(tmp_path))
    assert watch.limit == 1_000_000_000
    assert not watch.blames(peak=100_000_000)
    (tmp_path / "sys/fs/cgroup/reign/memory.events").write_text("oom 2\noom_kill 2\n")
    assert watch.blames(peak=100_000_000)


def test_a_risen_counter_of_the_machine_tells(tmp_path: Path) -> None:
    watch = MemoryWatch.start(_machine(tmp_path))
    (tmp_path / "proc/vmstat").write_text("oom_kill 3\n")
    assert watch.blames(peak=None)


def test_so_does_a_peak_near_the_limit(tmp_path: Path) -> None:
    watch = MemoryWatch.start(_machine(tmp_path))
    assert watch.blames(peak=950_000_000)
    assert not watch.blames(peak=500_000_000)


def test_a_machine_that_tells_nothing_blames_nobody(tmp_path: Path) -> None:
    watch = MemoryWatch.start(tmp_path)
    assert watch.limit is None
    assert not watch.blames(peak=2**60)
