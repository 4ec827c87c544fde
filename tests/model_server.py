"""A model in a process of its own: an endpoint on loopback with an endpoint's rules, speed and bad days.

    python -m tests.model_server --port 0 --faults 429=0.2,malformed=0.1 --log asked.jsonl

Prints its address on one line and serves until it is ended. Every request is one line of the log, written
before it is answered: what a client that was killed never read is in it, too.
"""

import argparse
import hashlib
import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from pathlib import Path
from subprocess import PIPE
from typing import Any

from tests.llm.server import Endpoint, Fault, Handler, RejectError, check, completion
from tests.model_answers import answer_to

PROFILES: Mapping[str, Mapping[str, Any]] = {
    "openai": {"unsupported": frozenset({"max_tokens", "temperature"})},  # as its reasoning models
    "azure": {},
    "openrouter": {"flavour": "ignores_schema"},  # some of the providers behind it
    "ollama": {"cuts_silently": True},
    "lmstudio": {"flavour": "schema_only"},
    "vllm": {},
    "llamacpp": {"flavour": "non_strict"},
}
"""What differs between endpoints, as far as requests are told apart by it."""
FAULTS = ("429", "500", "malformed", "timeout", "truncated", "cut_early", "empty", "refusal")


@dataclass
class Served(Endpoint):
    """An endpoint with a speed, a share of faults and a log."""

    shares: Mapping[str, float] = field(default_factory=dict)
    """Of each kind of fault, among all requests."""
    most_in_a_row: int = 2
    retry_after: float = 0.0
    hang_seconds: float = 30.0
    tokens_in_per_second: float = 0.0
    tokens_out_per_second: float = 0.0
    """0 is at once."""
    answer_tokens: int | None = None
    """What an answer is said to have, and takes the time of; its own tokens when None."""
    cuts_silently: bool = False
    log: Path | None = None
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    in_a_row: Counter[str] = field(default_factory=Counter)

    def fault_of(self, body: Mapping[str, Any]) -> str | None:
        """What goes wrong with a request: drawn whatever it says, but not too often in a row."""
        with self.lock:
            drawn, asked = self.chance.random(), asked_in(body)
            for name, share in self.shares.items():
                drawn -= share
                if drawn < 0 and self.in_a_row[asked] < self.most_in_a_row:
                    self.in_a_row[asked] += 1
                    return name
            self.in_a_row[asked] = 0
            return None

    def note(self, body: Mapping[str, Any], said: str, usage: Mapping[str, int] | None = None) -> None:
        """Write a line into the log."""
        if self.log is None:
            return
        line = {
            "request": digest(body),
            "asked": asked_in(body),
            "said": said,
            "at": time.time(),
            **(usage or {}),
        }
        with self.lock, self.log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def digest(value: object) -> str:
    """What equal JSON values have in common."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def asked_in(body: Mapping[str, Any]) -> str:
    """What is the same when a request is made again in another way: all that users' turns say."""
    return digest([each["content"] for each in body["messages"] if each["role"] == "user"])


class _Handler(Handler):
    endpoint: Served

    def reply(self, body: dict[str, Any], fault: Fault | None) -> None:
        """Answer, or fail as it was drawn; nothing is drawn for what is rejected."""
        served = self.endpoint
        try:
            check(served, body, self.headers.get("authorization"))
        except RejectError as rejection:
            if not (served.cuts_silently and rejection.error["code"] == "context_length_exceeded"):
                served.note(body, f"rejected: {rejection}")
                raise
        name = served.fault_of(body)
        if name in ("429", "500"):
            served.note(body, name)
            headers = {"Retry-After": f"{served.retry_after:g}"} if name == "429" else {}
            self.send(int(name), {"error": {"message": "try again", "code": None}}, headers)
            return
        if name == "timeout":
            served.note(body, name)
            served.ended.wait(served.hang_seconds)
            self.close_connection = True
            return
        drawn = Fault(name) if name else None  # type: ignore[arg-type]  # one of the kinds that are left
        answered = completion(body, self.message(body, drawn), drawn)
        usage = answered["usage"]
        usage["prompt_tokens"] = min(usage["prompt_tokens"], served.context_tokens)
        if served.answer_tokens is not None and name not in ("truncated", "cut_early"):
            usage["completion_tokens"] = served.answer_tokens
        usage["total_tokens"] = usage["prompt_tokens"] + usage["completion_tokens"]
        served.note(body, name or "answered", usage)
        served.ended.wait(self._seconds(usage))
        self.send(200, answered)

    def _seconds(self, usage: Mapping[str, int]) -> float:
        served, seconds = self.endpoint, 0.0
        if served.tokens_in_per_second:
            seconds += usage["prompt_tokens"] / served.tokens_in_per_second
        if served.tokens_out_per_second:
            seconds += usage["completion_tokens"] / served.tokens_out_per_second
        return seconds


def read_log(path: Path) -> list[dict[str, Any]]:
    """The lines of a log; a line that is being written just now is left out."""
    lines = path.read_text(encoding="utf-8").split("\n")[:-1] if path.exists() else []
    return [json.loads(line) for line in lines]


@contextmanager
def running(*options: str) -> Iterator[str]:
    """A server in a process of its own until the block ends; its address."""
    command = [sys.executable, "-m", "tests.model_server", "--until-stdin-ends", *options]
    root = Path(__file__).parents[1]
    with subprocess.Popen(command, cwd=root, text=True, stdin=PIPE, stdout=PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()
            process.wait(10)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that were killed; all else is a mistake of this server's."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def main(arguments: list[str] | None = None) -> None:
    """Serve until the process is ended, or its stdin where that is asked for."""
    given = _parser().parse_args(arguments)
    served = Served(
        answer_to,
        key=given.key,
        models=tuple(given.models.split(",")),
        context_tokens=given.context,
        shares=given.faults,
        most_in_a_row=given.most_in_a_row,
        retry_after=given.retry_after,
        hang_seconds=given.hang_seconds,
        tokens_in_per_second=given.tokens_in_per_second,
        tokens_out_per_second=given.tokens_out_per_second,
        answer_tokens=given.answer_tokens,
        log=given.log,
        chance=random.Random(given.seed),
        **PROFILES[given.profile],
    )
    handler = type("Handler", (_Handler,), {"endpoint": served})
    server = _Server(("127.0.0.1", given.port), handler)
    print(f"http://127.0.0.1:{server.server_address[1]}/v1", flush=True)  # noqa: T201
    if given.until_stdin_ends:  # so that no server outlives the test that started it
        threading.Thread(target=lambda: (sys.stdin.read(), server.shutdown()), daemon=True).start()
    server.serve_forever(poll_interval=0.05)
    served.ended.set()


def shares_of(text: str) -> dict[str, float]:
    """Shares of faults from `429=0.2,malformed=0.1`."""
    shares = {name: float(share) for name, _, share in (each.partition("=") for each in text.split(","))}
    if unknown := shares.keys() - set(FAULTS):
        raise argparse.ArgumentTypeError(f"{sorted(unknown)} are none of {', '.join(FAULTS)}")
    return shares


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tests.model_server", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--profile", choices=PROFILES, default="vllm")
    parser.add_argument("--models", default="fake-1")
    parser.add_argument("--key")
    parser.add_argument("--context", type=int, default=100_000, help="tokens by the server's own rule")
    parser.add_argument("--faults", type=shares_of, default={}, help=", ".join(FAULTS))
    parser.add_argument("--most-in-a-row", type=int, default=2, help="faults of the same request")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--retry-after", type=float, default=0.0, help="seconds")
    parser.add_argument("--hang-seconds", type=float, default=30.0)
    parser.add_argument("--tokens-in-per-second", type=float, default=0.0, help="0 is at once")
    parser.add_argument("--tokens-out-per-second", type=float, default=0.0)
    parser.add_argument("--answer-tokens", type=int)
    parser.add_argument("--log", type=Path)
    parser.add_argument("--until-stdin-ends", action="store_true")
    return parser


if __name__ == "__main__":
    main()
