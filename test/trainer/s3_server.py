"""A server that speaks S3's protocol, for the tests of this process and of the processes that it starts."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

#: The server takes any.
S3_CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
for _name in S3_CREDENTIALS:
    os.environ.setdefault(_name, "tests")


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """Start a server for all tests; give its URL."""
    from moto.moto_server.threaded_moto_server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3_place(s3_endpoint: str) -> str:
    """Make an empty bucket; give what ``REIGN_STORE`` says of a store in it."""
    return f"s3://{_make_bucket(s3_endpoint)}/some/prefix?endpoint={s3_endpoint}"


@pytest.fixture(scope="session")
def store_place(request: pytest.FixtureRequest) -> Callable[[Path], str]:
    """Give what ``REIGN_STORE`` says of a new store: in the folder, or (`npm test -- --store s3`) in a bucket of the run."""
    if os.environ.get("REIGN_TEST_STORE") != "s3":
        return str
    endpoint: str = request.getfixturevalue("s3_endpoint")
    bucket = _make_bucket(endpoint)
    return lambda _: f"s3://{bucket}/{secrets.token_hex(8)}?endpoint={endpoint}"


def _make_bucket(endpoint: str) -> str:
    bucket = f"reign-{secrets.token_hex(8)}"
    s3_client(endpoint).create_bucket(Bucket=bucket)
    return bucket


def s3_client(endpoint: str) -> Any:
    """Give AWS's own client."""
    import boto3

    return boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
