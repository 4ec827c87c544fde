"""What is a dream worth whose model's answers are known? Dreams a data set with drafts as the model.

The drafts are free-hand answers, `USER/DAY.json`; each is brought into the shape of the bundled agentlet.
Leaves a home that the scorers can be run on, and prints what was asked, answered and held back.
"""

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rem_dagster import Memory
from rem_dagster.dreaming.draft.llm import LlmEngine, load_agentlet
from rem_dagster.dreaming.draft.llm.prompt import prompt_tokens
from rem_dagster.dreaming.dream import DreamPlan, DreamReport, dream
from rem_dagster.llm.interface import Request
from rem_dagster.llm.scripted import ScriptedModel
from rem_dagster.llm.tokens import tokens_of
from rem_dagster.model.words import EMOTIONS
from rem_dagster.settings import open_home
from rem_dagster.store.database import Store

MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
RESOLVED = re.compile(
    r"\s*\([^()]*\b(?:19|20)\d\d\b[^()]*\)"
    r"|,?\s*\b(?:(?:as of|the (?:day|week) before|on|in|of|from|since|around|by|before|after)[ -])*"
    r"(?:(?:early|mid|late|end|the)[ -])*"
    rf"(?:\d\d? )?(?:{MONTH} )?\b(?:19|20)\d\d\b,?"
)
"""A date that the drafts' author worked out; the agentlet forbids it, as the model is shown no date."""
Json = dict[str, Any]
Answers = dict[tuple[str, str], Json]


def answer_of(draft: Mapping[str, Any]) -> Json:
    """A free-hand draft in the shape of the bundled agentlet's answers."""
    facts: list[list[str]] = [[] for _ in draft["moments"]]
    spans = [_numbers(moment["handles"]) for moment in draft["moments"]]
    for fact in draft["facts"]:
        cited = _numbers(fact["handles"])
        place = max(range(len(spans)), key=lambda each: len(spans[each] & cited))
        facts[place].append(f"{', '.join(fact['handles'])}: {RESOLVED.sub('', fact['text'])}")
    return {
        "moments": [
            {
                "name": moment["name"],
                "summary": RESOLVED.sub("", moment["summary"]),
                "moment_type": moment["moment_type"],
                "tags": moment["tags"],
                "outcomes": moment["outcomes"],
                "emotions": [
                    f"{quote['handle']} {tag}: {quote['quote']}"
                    for tag, quote in zip(moment["emotion_tags"], moment["evidence"], strict=False)
                    if tag in EMOTIONS
                ],
                "handles": ", ".join(moment["handles"]),
                "evidence": [f"{quote['handle']}: {quote['quote']}" for quote in moment["evidence"]],
                "facts": facts[place],
                "intentions": [],
            }
            for place, moment in enumerate(draft["moments"])
        ],
        "entities": [f"{entity['kind']} {entity['name']}" for entity in draft["entities"]],
        "edges": [f"{edge['source']} {edge['edge_type']} {edge['target']}" for edge in draft["edges"]],
        "day_summary": RESOLVED.sub("", draft["day_summary"]),
    }


def answers_in(drafts: Path) -> Answers:
    """The answer for each user and day."""
    return {
        (file.parent.name, file.stem): answer_of(json.loads(file.read_text(encoding="utf-8")))
        for file in sorted(drafts.glob("*/*.json"))
    }


def model_of(answers: Answers) -> ScriptedModel:
    """A model that knows each day's answer."""

    def script(request: Request) -> Json | None:
        assert request.purpose is not None
        return answers.get((request.purpose.user_id, request.purpose.days[0]))

    return ScriptedModel(script, name="drafts")


def figures(model: ScriptedModel, answers: Answers, report: DreamReport, store: Store) -> Json:
    """Estimated tokens, over the first request of each day."""
    first: dict[tuple[str, str], Request] = {}
    for request in model.requests:
        if request.purpose is not None:
            first.setdefault((request.purpose.user_id, request.purpose.days[0]), request)
    rows = store.read("dreams", ["partition_key", "counts", "quarantine", "coverage"]).to_pylist()
    held = [claim for row in rows for claim in json.loads(row["quarantine"] or "[]")]
    written = [json.dumps(answers[key], separators=(",", ":"), ensure_ascii=False) for key in first]
    texts = store.read("messages", ["user_id", "content"]).to_pylist()
    result: Json = {"days": len(report.dreamt), "calls": len(model.requests)}
    for user in [None, *sorted({user for user, _ in first})]:
        text = sum(tokens_of(row["content"]) for row in texts if user in (None, row["user_id"]))
        asked = [each for (owner, _), each in first.items() if user in (None, owner)]
        sent = sum(prompt_tokens(each.turns, each.schema) for each in asked)
        result[f"prompt ratio {user or 'all'}"] = round(sent / text, 3)
    text = sum(tokens_of(row["content"]) for row in texts)
    result["answer ratio"] = round(sum(map(tokens_of, written)) / text, 3)
    result["coverage"] = round(sum(row["coverage"] or 0 for row in rows) / len(rows), 3)
    result["held back"] = dict(Counter(claim["kind"] for claim in held))
    return result


def main() -> None:
    """Import, dream, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("activity", type=Path, help="activity.jsonl")
    parser.add_argument("drafts", type=Path, help="folder with USER/DAY.json")
    parser.add_argument("home", type=Path, help="a home to make; must not exist")
    parser.add_argument("--held", type=int, default=0, help="print so many held-back claims")
    options = parser.parse_args()
    if options.home.exists():
        parser.error(f"{options.home} exists")
    home = open_home(options.home, create=True, flags={"timezone": "UTC"})
    Memory.open(options.home, create=True).import_path(options.activity)
    store = Store(home.tables_uri)
    answers = answers_in(options.drafts)
    model = model_of(answers)
    engine = LlmEngine(model, load_agentlet(), key=bytes.fromhex(home.file.hmac_key))
    began, used = time.perf_counter(), time.process_time()
    report = dream(home, store, engine, DreamPlan())
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    result = figures(model, answers, report, store)
    result["seconds per day"] = round(seconds / max(1, len(report.days)), 3)
    result["CPU seconds per day"] = round(cpu / max(1, len(report.days)), 3)
    print(json.dumps(result, indent=1))
    rows = store.read("dreams", ["quarantine"]).to_pylist()
    claims = [claim for row in rows for claim in json.loads(row["quarantine"] or "[]")]
    for claim in claims[: options.held]:
        print(f"{claim['kind']}: {claim['text']!r}: {claim['reason']}")


def _numbers(handles: list[str]) -> set[int]:
    found: set[int] = set()
    for handle in handles:
        low, _, high = handle.replace("m", "").partition("-")
        found.update(range(int(low), int(high or low) + 1))
    return found


if __name__ == "__main__":
    main()
