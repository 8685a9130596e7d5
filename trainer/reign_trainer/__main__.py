"""`reign-trainer`: runs the trainer's activities until it is stopped."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import dataclasses
import gc
import importlib
import logging
import os
import signal
import sys
import time
from pathlib import Path

# What is imported stays: looking for garbage in it takes a quarter of the start.
gc.disable()

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.envconfig import ClientConfig

from reign_trainer.activities import Activities
from reign_trainer.children import remove_abandoned_folders, run_child, start_forkserver
from reign_trainer.claim_check import ClaimCheck
from reign_trainer.errors import TrainerError
from reign_trainer.role import Role, add_arguments, listening, role_of, take_work
from reign_trainer.settings import Settings, load_settings
from reign_trainer.store import open_store

gc.freeze()
gc.enable()

_RETRY_SECONDS = 1.0
_COMPLAIN_SECONDS = 60.0

log = logging.getLogger("reign_trainer")


def main() -> int:
    """Run a trainer.

    Returns
    -------
    int
        0 after SIGTERM or SIGINT, 2 where a setting is missing.
    """
    parser = argparse.ArgumentParser(prog="reign-trainer", description=__doc__)
    add_arguments(parser)
    options = parser.parse_args()
    role = role_of(parser, options)
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s", force=True
    )
    log.setLevel(logging.INFO)
    # Reign logs each attempt in a line of its own; the SDK adds a traceback to every failed one.
    logging.getLogger("temporalio.activity").setLevel(logging.CRITICAL)
    try:
        settings = load_settings()
        if options.slots is not None or role.one_fit:
            settings = dataclasses.replace(settings, fits_at_once=options.slots or 1, threads=0)
    except TrainerError as error:
        log.error("%s: %s", error.code, error.message)
        return 2
    # Snapshots and predictions are about people: nobody else on the machine reads them.
    os.umask(0o077)
    # Trainers have no use for the ledger, and no child of theirs may learn where it is.
    for name in ("REIGN_LEDGER_URL", "REIGN_LEDGER_OWNER_URL"):
        os.environ.pop(name, None)
    remove_abandoned_folders()
    start_forkserver(settings)
    asyncio.run(_serve(settings, role))
    # Nothing is left to clean up, and threads of Temporal's core may abort the interpreter while it takes itself apart.
    logging.shutdown()
    os._exit(0)


async def _serve(settings: Settings, role: Role) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    serving = asyncio.ensure_future(_work(settings, role))
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not serving.done():
        log.info("stopping")
        serving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await serving


async def _work(settings: Settings, role: Role) -> None:
    client, _, _ = await asyncio.gather(
        _connect(settings),
        run_child("reign_trainer.work.own:warm_up", None, settings, answer=type(None)),
        asyncio.to_thread(importlib.import_module, "reign_trainer.work.score.questions"),
    )
    places = listening(role, Activities(settings), settings)
    log.info("ready on %s", ", ".join(f"{place.queue} ({place.slots} at once)" for place in places))
    # Whoever started this trainer waits for the file.
    if ready := os.environ.get("REIGN_READY_FILE"):
        Path(ready).touch()
    await take_work(client, role, places)


async def _connect(settings: Settings) -> Client:
    """Connect to Temporal; wait for it where it does not answer yet."""
    config = ClientConfig.load_client_connect_config()
    converter = dataclasses.replace(pydantic_data_converter, payload_codec=ClaimCheck(open_store(settings.store)))
    complained = -_COMPLAIN_SECONDS
    while True:
        try:
            return await Client.connect(**config, data_converter=converter)
        except RuntimeError as error:
            if time.monotonic() - complained >= _COMPLAIN_SECONDS:
                complained = time.monotonic()
                reason = str(error).splitlines()[0][:100]
                log.warning("waiting for Temporal at %s: %s", config.get("target_host", "localhost:7233"), reason)
            await asyncio.sleep(_RETRY_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
