"""What would a good model answer? Days by rule, with exact quotes and claims that the inputs bear out."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

FENCE = re.compile(r"<<<([0-9a-f]{12})>>>\n(.*)\n<<</\1>>>", re.DOTALL)
INPUT = re.compile(r"^\[([mr]\d+)((?: [^\]\n]+)?)\] (.*(?:\n .*)*)", re.MULTILINE)
CLOCK = re.compile(r"^\d\d:\d\d(?:-\d\d:\d\d)?\s*")
SENTENCE = re.compile(r"[^.!?…。！？]+[.!?…。！？]*")
WORD = re.compile(r"[^\W\d_]{5,}")
SCHEMA_IN_WORDS = re.compile(r"must match this JSON schema:\n(\{.*\})")
WORK = re.compile(r"\b(?:fix|release|tests?|build|migration|loader)\b", re.IGNORECASE)
INPUTS_PER_MOMENT = 10
MOST_MOMENTS = 6
FEELINGS = ("frustrated", "happy", "sad", "excited", "tired", "worried", "proud", "grateful", "angry", "calm")
Json = dict[str, Any]


@dataclass(frozen=True)
class Input:
    """One input as a model is shown it."""

    handle: str
    who: str
    """The author of a message; of a resource its category."""
    text: str

    @property
    def sentences(self) -> list[str]:
        """Exact pieces of the text, each of one line."""
        lines = (line.strip() for line in self.text.splitlines())
        found = (match.group().strip() for line in lines for match in SENTENCE.finditer(line))
        return [sentence for sentence in found if "«" not in sentence and re.search(r"\w", sentence)]


def answer_to(body: Mapping[str, Any]) -> Json:
    """The content of the answer to a body: a day's, a recap, or anything that fits the schema."""
    schema = schema_of(body)
    fields = schema.get("properties", {})
    shown = shown_in(body)
    if "moments" in fields:
        return _as_asked(_draft(shown, told=_system(body)), schema)
    if list(fields) == ["day_summary"]:
        lines = [line.removeprefix("- ").partition(": ")[2] or line for line in shown.splitlines()]
        return {"day_summary": clip(" ".join(lines), 60)}
    return dict(_instance(schema))


def schema_of(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema that a body asks for, in whichever way; empty where it tells none."""
    if "tools" in body:
        return dict(body["tools"][0]["function"]["parameters"])
    form = body.get("response_format", {})
    if form.get("type") == "json_schema":
        return dict(form["json_schema"]["schema"])
    told = SCHEMA_IN_WORDS.search(_system(body))
    return dict(json.loads(told.group(1))) if told else {}


def shown_in(body: Mapping[str, Any]) -> str:
    """What stands between the fences of the first turn that has some."""
    for message in body["messages"]:
        if message["role"] == "user" and (found := FENCE.search(message["content"])):
            return found.group(2)
    return ""


def inputs_in(shown: str) -> list[Input]:
    """The inputs between two fences, in their order."""
    return [_input(*match.groups()) for match in INPUT.finditer(shown)]


def clip(text: str, words: int) -> str:
    """The first words of a text."""
    return " ".join(text.split()[:words])


def _input(handle: str, head: str, text: str) -> Input:
    said = CLOCK.sub("", head.strip())
    return Input(handle, re.split(r' in "| "', said)[0] or "Someone", text.replace("\n ", "\n"))


def _draft(shown: str, *, told: str) -> Json:
    inputs = inputs_in(shown)
    size = max(INPUTS_PER_MOMENT, -(-len(inputs) // MOST_MOMENTS))
    runs = [inputs[place : place + size] for place in range(0, len(inputs), size)]
    used: set[str] = set()
    moments = [moment for run in runs if (moment := _moment(run, told, used))]
    entities = _entities(inputs)
    return {
        "moments": moments,
        "entities": entities,
        "edges": [
            {"source": first["name"], "target": second["name"], "edge_type": "related_to"}
            for first, second in pairwise(entities[:2])
        ],
        "day_summary": clip(" ".join(moment["summary"] for moment in moments), 60),
    }


def _as_asked(draft: Json, schema: Mapping[str, Any]) -> Json:
    """The draft with objects, or with lines that cite, as the schema wants it; and with all of its fields."""
    fields = schema["properties"]["moments"]["items"]["properties"]
    moments = [
        {**dict.fromkeys(fields), **{name: _field(moment[name], fields.get(name, {})) for name in moment}}
        for moment in draft["moments"]
    ]
    rest = {name: _field(value, schema["properties"][name]) for name, value in draft.items()}
    return {**rest, "moments": moments}


def _field(value: Any, schema: Mapping[str, Any]) -> Any:
    if schema.get("type") == "string" and isinstance(value, list):
        return ", ".join(value)
    if schema.get("items", {}).get("type") == "string":
        return [_line(each) if isinstance(each, dict) else each for each in value]
    return value


def _line(part: Json) -> str:
    """`m3 happy: words`, `m3, m4: a sentence`, `person Ann` or `Ann related_to Bo`."""
    if "kind" in part:
        return f"{part['kind']} {part['name']}"
    if "edge_type" in part:
        return f"{part['source']} {part['edge_type']} {part['target']}"
    cited = part.get("handle") or ", ".join(part["handles"])
    tag = f" {part['tag']}" if "tag" in part else ""
    return f"{cited}{tag}: {part.get('quote') or part['text']}"


def _moment(run: Sequence[Input], told: str, used: set[str]) -> Json | None:
    """What one run of inputs tells, by its longest sentences that no moment before told.

    None where no input holds a sentence.
    """
    telling = [each for each in run if each.sentences]
    if not telling:
        return None
    first_of = {each.sentences[0]: each for each in reversed(telling)}
    chosen = sorted(first_of, key=lambda said: (said in used, -len(said), said))[:2]
    longest = [first_of[each] for each in chosen]
    used.update(chosen)
    is_work = any(WORK.search(each.text) for each in run)
    kind = "work_session" if is_work else "communication"
    return {
        "name": clip(f"{longest[0].who}: {longest[0].sentences[0]}", 9)[:70],
        "summary": " ".join(clip(each.sentences[0], 15) for each in longest)[:400],
        "moment_type": kind if kind in told else "other",
        "tags": _tags(run),
        "outcomes": [],
        "emotions": list(_emotions(telling))[:2],
        "handles": [each.handle for each in run],
        "evidence": [{"handle": each.handle, "quote": clip(each.sentences[0], 10)[:200]} for each in longest],
        "facts": [
            {"text": clip(sentence, 40)[:300], "handles": [each.handle]}
            for each in telling[::2]
            if len((sentence := each.sentences[0]).split()) > 3
        ],
        "intentions": [],
    }


def _tags(run: Sequence[Input]) -> list[str]:
    words = Counter(word.lower() for each in run for word in WORD.findall(each.text))
    return [word for word, _ in sorted(words.items(), key=lambda pair: (-pair[1], pair[0]))[:3]]


def _emotions(run: Sequence[Input]) -> Iterator[Json]:
    for each in run:
        for feeling in FEELINGS:
            quote = next((one for one in each.sentences if feeling in one.lower().split()), None)
            if quote:
                yield {"tag": feeling, "handle": each.handle, "quote": quote[:200]}


def _entities(inputs: Sequence[Input]) -> list[Json]:
    """Up to six authors, each with the inputs that are theirs."""
    theirs: dict[str, list[str]] = {}
    for each in inputs:
        if each.handle.startswith("m"):
            theirs.setdefault(each.who, []).append(each.handle)
    return [
        {"name": who, "kind": "person", "handles": handles[:20]}
        for who, handles in sorted(theirs.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:6]
    ]


def _instance(schema: Mapping[str, Any]) -> Any:
    """The least value that fits a closed schema."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if alternatives := schema.get("anyOf"):
        return _instance(alternatives[0])
    kind = schema.get("type", "object")
    match kind if isinstance(kind, str) else kind[0]:
        case "object":
            return {name: _instance(one) for name, one in schema.get("properties", {}).items()}
        case "array":
            return []
        case "string":
            return "yes"
        case "boolean":
            return True
        case "null":
            return None
    return 0


def _system(body: Mapping[str, Any]) -> str:
    return "\n".join(str(each["content"]) for each in body["messages"] if each["role"] == "system")
