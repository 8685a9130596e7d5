"""A server that speaks S3's protocol, for the tests of this process and of the processes that it starts."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Iterator
from typing import Any

import pytest

#: The server takes any.
os.environ.setdefault("AWS_ACCESS_KEY_ID", "tests")
os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "tests")


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
    bucket = f"reign-{secrets.token_hex(8)}"
    s3_client(s3_endpoint).create_bucket(Bucket=bucket)
    return f"s3://{bucket}/some/prefix?endpoint={s3_endpoint}"


def s3_client(endpoint: str) -> Any:
    """Give AWS's own client."""
    import boto3

    return boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
