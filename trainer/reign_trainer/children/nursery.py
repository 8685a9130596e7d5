"""The process that children are forked from: ``python -m reign_trainer.children.nursery CONTROL USER``.

It has imported everything, holds no secrets, and does nothing else. It ends with the trainer.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import sys

from reign_trainer.children import guardian, preload
from reign_trainer.children.sandbox import usable_user, what_is_missing

log = logging.getLogger("reign_trainer")


def main() -> None:
    """Give every message to a guardian with its child; each brings the child's channel and the guardian's leash."""
    control = socket.socket(fileno=int(sys.argv[1]))
    wanted = int(sys.argv[2]) if sys.argv[2] else None
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for guardians
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("reign_trainer").setLevel(logging.INFO)
    logging.getLogger().setLevel(logging.WARNING)
    # Hundreds of thousands of objects come and none goes: looking for garbage would take a fifth of the time.
    gc.disable()
    preload.load()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    user = wanted if wanted is not None and usable_user(wanted) else None
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    if os.geteuid() == 0 and user is None:
        log.info("pipelines run as the trainer's own user: another one cannot read Python and its libraries here")
    if (missing := what_is_missing(user)) is not None:
        log.warning("%s", missing)
    # Children share what is loaded as long as nobody writes to it: the collector would.
    gc.collect()
    gc.freeze()
    gc.enable()
    spare = _fork_ahead(control, user)
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, guardian.LONGEST_MESSAGE, 2)
        if not message:
            os._exit(0)
        for last in (False, True):
            # No memory for another process: the trainer sees both ends close.
            spare = spare or _fork_ahead(control, user)
            if spare is None or _hand_over(spare, message, descriptors) or last:
                break
            spare.close()
            spare = None
        for descriptor in descriptors:
            os.close(descriptor)
        if spare is not None:
            spare.close()
        control.send(b".")
        spare = _fork_ahead(control, user)


def _fork_ahead(control: socket.socket, user: int | None) -> socket.socket | None:
    """Fork a guardian with its child before anybody asks: forking takes longer than most of what children do."""
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            pid = os.fork()
        except OSError:
            ours.close()
            return None
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            control.close()
            ours.close()
            # Does not return.
            guardian.guard(theirs, user)
    return ours


def _hand_over(spare: socket.socket, message: bytes, descriptors: list[int]) -> bool:
    """Say whether the waiting pair took its orders; somebody may have killed it."""
    try:
        socket.send_fds(spare, [message], descriptors)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    main()
