"""The sockets of the simulator: HTTP/1.1 with connections kept alive, one thread for each."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

from portal.national_platform.simulator.application import Simulator
from portal.national_platform.simulator.exchange import Answer, Request, refusal

LARGEST_BODY = 4 * 1024 * 1024


class Server(ThreadingHTTPServer):
    """Listens for one simulator."""

    request_queue_size = 256  # a burst of connections waits instead of being reset
    daemon_threads = True

    def __init__(self, address: tuple[str, int], simulator: Simulator) -> None:
        self.simulator = simulator
        super().__init__(address, Handler)

    @property
    def url(self) -> str:
        """Where it listens, with the port the system chose when 0 was asked for."""
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}"


class Handler(BaseHTTPRequestHandler):
    """One connection: requests in, answers out, until either side closes or an answer is lost on purpose."""

    protocol_version = "HTTP/1.1"
    server: Server
    timeout = 60  # an idle or half-sent connection gives its thread back
    wbufsize = -1  # header and body leave in one packet
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer a question."""
        self._respond()

    def do_POST(self) -> None:
        """Answer a request for an effect."""
        self._respond()

    def do_PUT(self) -> None:
        """Answer a change of faults."""
        self._respond()

    def do_DELETE(self) -> None:
        """Answer a reset of faults."""
        self._respond()

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing: an address of this contract names a person's key."""

    def _respond(self) -> None:
        size = self.headers.get("Content-Length", "0")
        if not size.isdigit() or int(size) > LARGEST_BODY or "Transfer-Encoding" in self.headers:
            self.close_connection = True  # the body was not read, so what follows is no request
            self._write(refusal(413, "body_too_large_or_of_unknown_length"))
            return
        answer = self.server.simulator.answer(self._request(int(size)))
        if answer is None:
            self.close_connection = True
        else:
            self._write(answer)

    def _request(self, size: int) -> Request:
        address = urlsplit(self.path)
        return Request(
            method=self.command,
            path=unquote(address.path),
            query=dict(parse_qsl(address.query)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(size),
        )

    def _write(self, answer: Answer) -> None:
        body = json.dumps(answer.body).encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
