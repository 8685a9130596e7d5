"""The process that children are forked from: ``python -m reign_trainer.children.nursery CONTROL USER``.

It has imported everything, holds no secrets, and does nothing else. It ends with the trainer.
"""

from __future__ import annotations

import contextlib
import gc
import json
import logging
import os
import signal
import socket
import sys

from reign_trainer.children import guardian, preload
from reign_trainer.children.sandbox import usable_user, what_is_missing

_LONGEST_MESSAGE = 65_536

log = logging.getLogger("reign_trainer")


def main() -> None:
    """Fork a guardian with its child for every message; each brings the child's channel and the guardian's leash."""
    control = socket.socket(fileno=int(sys.argv[1]))
    wanted = int(sys.argv[2]) if sys.argv[2] else None
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for guardians
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("reign_trainer").setLevel(logging.INFO)
    logging.getLogger().setLevel(logging.WARNING)
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
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, _LONGEST_MESSAGE, 2)
        if not message:
            os._exit(0)
        if len(descriptors) != 2:
            continue
        channel, leash = (socket.socket(fileno=descriptor) for descriptor in descriptors)
        with contextlib.suppress(OSError):  # no memory for another process: the trainer sees both ends close
            if os.fork() == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                control.close()
                # Does not return.
                guardian.guard({**json.loads(message), "user": user}, channel, leash)
        channel.close()
        leash.close()
        control.send(b".")


if __name__ == "__main__":
    main()
