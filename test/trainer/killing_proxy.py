"""A server before an S3 server that kills its client at one of the client's requests."""

from __future__ import annotations

import os
import signal
import threading
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

_PER_HOP = frozenset({"connection", "transfer-encoding", "content-length", "date", "server"})


class KillingProxy:
    """Passes requests on, one after the other, up to the one at which the client is killed.

    Only requests that change something count: a client that dies at another one leaves what it left at the one before.

    Parameters
    ----------
    server : str
        The S3 server's URL.
    """

    def __init__(self, server: str) -> None:
        self._server = urlsplit(server).netloc
        self._lock = threading.Lock()
        self._left: int | None = None
        self._pid: int | None = None
        self._known = threading.Event()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                with proxy._lock:
                    if self.command not in {"GET", "HEAD"} and proxy._dies():
                        self.close_connection = True
                        return
                    proxy._pass_on(self, body)

            do_HEAD = do_PUT = do_POST = do_DELETE = do_GET

            def log_message(self, *_: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Serve no longer."""
        self._http.shutdown()
        self._http.server_close()

    def expect(self, request: int | None) -> None:
        """Say which request of the next client is its last, counted from 1; None for a client that lives."""
        self._known.clear()
        self._left = request

    def know(self, pid: int) -> None:
        """Say which process the client is."""
        self._pid = pid
        self._known.set()

    def _dies(self) -> bool:
        if self._left is None:
            return False
        self._left -= 1
        if self._left == 0:
            self._known.wait()
            assert self._pid is not None
            os.kill(self._pid, signal.SIGKILL)
        # What was on its way at that time does not arrive either.
        return self._left <= 0

    def _pass_on(self, asked: BaseHTTPRequestHandler, body: bytes) -> None:
        server = HTTPConnection(self._server)
        headers = {name: value for name, value in asked.headers.items() if name.lower() not in _PER_HOP}
        server.request(asked.command, asked.path, body or None, {**headers, "content-length": str(len(body))})
        answer = server.getresponse()
        content = answer.read()
        length = answer.headers.get("content-length", "0") if asked.command == "HEAD" else str(len(content))
        asked.send_response(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in _PER_HOP:
                asked.send_header(name, value)
        asked.send_header("content-length", length)
        asked.end_headers()
        asked.wfile.write(content)
        server.close()
