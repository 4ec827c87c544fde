"""An endpoint on loopback that speaks OpenAI's audio.transcriptions, and goes wrong when told to."""

import json
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

from tests.llm.embedding_server import Refusal

Twist = Literal["cut", "garbage", "plain", "no_text", "text_alone", "hang_up", "hang"]
"""What is wrong with an answer, if anything."""
SECONDS = 30.0


@dataclass
class TranscriptionEndpoint:
    """The server's state: what it is told to do, and what it was asked."""

    faults: deque[Refusal | Twist | None] = field(default_factory=deque)
    forms: tuple[str, ...] = ("verbose_json", "json")
    """The response formats that its model knows."""
    asked: list[dict[str, str]] = field(default_factory=list)
    sounds: list[bytes] = field(default_factory=list)
    url: str = ""


@contextmanager
def serve_transcriptions(endpoint: TranscriptionEndpoint) -> Iterator[TranscriptionEndpoint]:
    """Serve it on a free port of loopback until the block ends."""
    handler = type("Handler", (_Handler,), {"endpoint": endpoint})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    endpoint.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    endpoint: TranscriptionEndpoint
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["content-length"]))
        fields, sound = _parts(self.headers["content-type"], raw)
        self.endpoint.asked.append(fields)
        form = fields["response_format"]
        if form not in self.endpoint.forms:
            self._send(400, {"error": {"message": f"response_format '{form}' is not compatible"}})
            return
        fault = self.endpoint.faults.popleft() if self.endpoint.faults else None
        if isinstance(fault, Refusal):
            self._send(fault.status, {"error": {"message": fault.message}}, fault.headers)
        elif fault in ("hang_up", "hang"):
            if fault == "hang":
                self.rfile.read(1)  # until whoever asked is gone
            self.close_connection = True
        else:
            self.endpoint.sounds.append(sound)
            self._answer(form, fault)

    def _answer(self, form: str, twist: Twist | None) -> None:
        match twist:
            case "cut":
                self._send(200, b'{"text": "half of')
            case "garbage":
                self._send(200, b"<html>gateway</html>")
            case "plain":
                self._send(200, b"So it leaks.", kind="text/plain; charset=utf-8")
            case "no_text":
                self._send(200, {"words": 7})
            case "text_alone":
                self._send(200, {"text": "So it leaks."})
            case _:
                self._send(200, answer(form))

    def _send(
        self,
        status: int,
        body: object,
        headers: Mapping[str, str] | None = None,
        *,
        kind: str = "application/json",
    ) -> None:
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(text)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)


def answer(form: str) -> dict[str, Any]:
    """What a recording gives in a response format."""
    if form == "json":
        return {"text": "So it leaks.", "usage": {"type": "duration", "seconds": SECONDS}}
    segments = [
        {"id": 0, "start": 0.5, "end": 2.0, "text": " So it leaks."},
        {"id": 1, "start": 12.0, "end": 13.0, "text": " A lot."},
    ]
    if form == "diarized_json":
        return {"text": "x", "segments": [{**each, "speaker": "A"} for each in segments]}
    return {"task": "transcribe", "duration": SECONDS, "text": "So it leaks. A lot.", "segments": segments}


def _parts(kind: str, raw: bytes) -> tuple[dict[str, str], bytes]:
    message = BytesParser(policy=HTTP).parsebytes(b"content-type: " + kind.encode() + b"\r\n\r\n" + raw)
    fields: dict[str, str] = {}
    sound = b""
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        if name == "file":
            fields["file"], sound = str(part.get_filename()), content
        else:
            fields[str(name)] = content.decode()
    return fields, sound
