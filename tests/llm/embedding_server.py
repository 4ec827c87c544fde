"""An endpoint on loopback that speaks OpenAI's embeddings, and goes wrong when told to."""

import json
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

from tests.embedders import HashedWords

Twist = Literal[
    "too_few", "ragged", "wider", "zero", "words", "twice_the_same", "no_usage", "no_list", "unordered"
]
"""What is wrong with an answer that has status 200, if anything."""


@dataclass(frozen=True)
class Refusal:
    """An answer with an error's status."""

    status: int
    message: str = "it went wrong"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class EmbeddingEndpoint:
    """The server's state: what it is told to do, and what it was asked."""

    faults: deque[Refusal | Twist | None] = field(default_factory=deque)
    key: str | None = None
    most_texts: int = 2048
    most_bytes: int = 100_000
    """Of one text."""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    @property
    def texts(self) -> list[list[str]]:
        """What each request held."""
        return [body["input"] for body in self.bodies]


@contextmanager
def serve_embeddings(endpoint: EmbeddingEndpoint) -> Iterator[EmbeddingEndpoint]:
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


def tokens_in(texts: list[str]) -> int:
    """Tokens by this server's own rule: the words."""
    return sum(len(text.split()) for text in texts)


class _Handler(BaseHTTPRequestHandler):
    endpoint: EmbeddingEndpoint
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        endpoint = self.endpoint
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        endpoint.bodies.append(body)
        endpoint.headers.append({name.lower(): value for name, value in self.headers.items()})
        fault = endpoint.faults.popleft() if endpoint.faults else None
        refusal = fault if isinstance(fault, Refusal) else self._refusal(body)
        if refusal is not None:
            self._send(refusal.status, {"error": {"message": refusal.message}}, refusal.headers)
        else:
            self._send(200, _answer(body["input"], fault if isinstance(fault, str) else None), {})

    def _refusal(self, body: Mapping[str, Any]) -> Refusal | None:
        endpoint, texts = self.endpoint, body["input"]
        if self.path != "/v1/embeddings" or set(body) != {"model", "input", "encoding_format"}:
            return Refusal(400, f"unknown request {self.path} with {sorted(body)}")
        if endpoint.key and self.headers.get("authorization") != f"Bearer {endpoint.key}":
            return Refusal(401, f"Incorrect API key provided: {self.headers.get('authorization')}")
        if not texts or "" in texts:
            return Refusal(400, "input cannot be an empty string")
        if len(texts) > endpoint.most_texts:
            return Refusal(422, f"batch size {len(texts)} > maximum allowed batch size {endpoint.most_texts}")
        if max(len(text.encode()) for text in texts) > endpoint.most_bytes:
            return Refusal(400, "this model's maximum context length is exceeded")
        return None

    def _send(self, status: int, body: object, headers: Mapping[str, str]) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)


def _answer(texts: list[str], twist: Twist | None) -> dict[str, Any]:
    vectors: list[Any] = (3 * HashedWords().embed(texts)).tolist()  # not of length 1, as some give them
    match twist:
        case "ragged":
            vectors[-1] = vectors[-1][:-1]
        case "wider":
            vectors = [[*vector, 1.0] for vector in vectors]
        case "zero":
            vectors[0] = [0.0] * len(vectors[0])
        case "words":
            vectors[0] = ["much"] * len(vectors[0])
    data = [
        {"object": "embedding", "index": place, "embedding": vector} for place, vector in enumerate(vectors)
    ]
    match twist:
        case "too_few":
            data.pop()
        case "unordered":
            data.reverse()
        case "twice_the_same":
            data[-1]["index"] = 0
    answer: dict[str, Any] = {"object": "list", "data": None if twist == "no_list" else data, "model": "m"}
    if twist != "no_usage":
        answer["usage"] = {"prompt_tokens": tokens_in(texts), "total_tokens": tokens_in(texts)}
    return answer
