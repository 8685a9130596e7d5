"""Pictures of a run, stored while the next ones are drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from reign_trainer.settings import Settings
from reign_trainer.work.tracking.tracker_errors import artifacts_at, tracker_errors


def upload_pictures(
    locate: Callable[[], str | None],
    draw: Callable[[Path], Iterable[str]],
    settings: Settings,
    *,
    of: str,
    below: str | None = None,
) -> None:
    """Draw pictures, and store each while the next is drawn. Their names stay the same: a second time replaces the first.

    Parameters
    ----------
    locate : callable
        Tells where the run keeps its files; None where the pictures are not wanted there.
    draw : callable
        Draws into a folder, and gives each file's name when it is there.
    settings : Settings
    of : str
        What they show, for an error.
    below : str, optional
        The folder of the run's artifacts that they lie in. Default: none.
    """
    with TemporaryDirectory(prefix="reign-pictures-") as folder, ThreadPoolExecutor(1) as server:
        # A thread speaks with the server, one request after the other, while this one draws.
        location = server.submit(locate)
        uploads = [
            server.submit(_upload, location, Path(folder) / name, settings, of, below) for name in draw(Path(folder))
        ]
        location.result()
        for upload in uploads:
            upload.result()


def _upload(location: Future[str | None], picture: Path, settings: Settings, of: str, below: str | None) -> None:
    place = location.result()
    if place is not None:
        with tracker_errors(f"store pictures of the {of}"):
            artifacts_at(place, settings).log_artifact(str(picture), below)
