"""How does a model write an answer from what code has found?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rem_dagster.errors import ModelError
from rem_dagster.llm.fence import fenced, flat_line, indented
from rem_dagster.llm.interface import Answer as ModelAnswer
from rem_dagster.llm.interface import ChatModel, Forecast, Purpose, Request, Turn
from rem_dagster.llm.loop import run_to_end
from rem_dagster.recall.ask.answer import Sentence
from rem_dagster.recall.ask.checking import Checked, Grounded, check, claimed_in
from rem_dagster.schema import load_schema

AGENTLET = "agentlets/answer-writer"
ASKED_AGAIN = 2
"""How often a model is told what was wrong."""
EXPECTED_TOKENS = 220
"""How long an answer is taken to be in a forecast."""
MOST_ERRORS = 8


@dataclass(frozen=True)
class Item:
    """One source as a model is shown it."""

    number: int
    """Of its citation."""
    head: str
    """When and what, on one line."""
    text: str
    source_ids: tuple[str, ...]
    """Messages and resources whose words it has."""
    days: tuple[str, ...] = ()

    @property
    def handle(self) -> str:
        """By which a sentence cites it."""
        return f"c{self.number}"


@dataclass(frozen=True)
class Writer:
    """Whom to ask, and what guards what is sent and what comes back."""

    model: ChatModel
    key: bytes = field(repr=False)
    """Of the home, for the mark of the fence."""
    clean: Callable[[str], str]
    """Takes secrets out of a text."""
    grounded: Grounded


@dataclass(frozen=True)
class Written:
    """What a model wrote that its sources bear out, and what it took."""

    sentences: tuple[Sentence, ...]
    known: bool
    left_out: int
    calls: int
    calls_paid: int
    cost_usd: float | None


def write(
    writer: Writer, question: str, items: Sequence[Item], *, user_id: str, label: str | None
) -> Written:
    """The sentences of a model that pass, asked again with the errors at most twice.

    Raises:
        ModelError: it gave no usable answer.
        BudgetError: the call would pass a limit; nothing was sent.
    """
    request = request_for(writer, question, items, user_id=user_id, label=label)

    async def work() -> Written:
        try:
            return await _ask(writer, request, items, question)
        finally:
            await writer.model.close()

    return run_to_end(work())


def forecast(
    writer: Writer, question: str, items: Sequence[Item], *, user_id: str, label: str | None
) -> Forecast:
    """What writing would take if no sentence had to be asked for again; nothing where it is kept."""
    request = request_for(writer, question, items, user_id=user_id, label=label)
    return writer.model.forecast(request, completion_tokens=EXPECTED_TOKENS)


def request_for(
    writer: Writer, question: str, items: Sequence[Item], *, user_id: str, label: str | None
) -> Request:
    """What is sent: the constant part first, then the question, then the fenced sources."""
    agentlet = load_schema(AGENTLET)
    shown = [
        f"[{each.handle} {flat_line(writer.clean(each.head), 160)}] {indented(writer.clean(each.text))}"
        for each in items
    ]
    about = f"\nTime asked about: {label}" if label else ""
    asked = f"Question: {flat_line(writer.clean(question), 500)}{about}\n{fenced(shown, writer.key)}"
    return Request(
        turns=[Turn("system", agentlet["prompt"]), Turn("user", asked)],
        schema_name=agentlet["name"],
        schema=agentlet["output_schema"],
        parameters=agentlet["parameters"],
        purpose=Purpose(
            user_id=user_id,
            days=tuple(sorted({day for each in items for day in each.days})),
            source_ids=tuple(dict.fromkeys(source for each in items for source in each.source_ids)),
        ),
    )


async def _ask(writer: Writer, request: Request, items: Sequence[Item], question: str) -> Written:
    texts = {each.handle: writer.clean(f"{each.head}\n{each.text}") for each in items}
    numbers = {each.handle: each.number for each in items}
    answers: list[ModelAnswer] = []
    best: Checked | None = None
    asked = request
    for _ in range(ASKED_AGAIN + 1):
        answer = await writer.model.answer(asked)
        answers.append(answer)
        checked = _checked(writer, answer.content, texts, question)
        if checked is None:
            return _written(None, answers, numbers)
        if best is None or len(checked.passed) >= len(best.passed):
            best = checked
        if not checked.errors:
            break
        asked = replace(request, turns=[*request.turns, _errors_turn(checked.errors)])
    return _written(best, answers, numbers)


def _checked(
    writer: Writer, content: Mapping[str, object], texts: Mapping[str, str], question: str
) -> Checked | None:
    """What of an answer passes; None where the model says that the sources do not answer."""
    if not isinstance(content, Mapping):
        raise ModelError("The model's answer is no object. `rem ask --llm offline` answers without a model.")
    claimed = [replace(each, text=writer.clean(each.text)) for each in claimed_in(content)]
    if content.get("known") is False and not claimed:
        return None
    return check(claimed, texts, writer.grounded, question=question)


def _errors_turn(errors: Sequence[str]) -> Turn:
    told = "\n".join(f"- {flat_line(error, 300)}" for error in errors[:MOST_ERRORS])
    return Turn(
        "user", f"Your last answer had sentences that their sources do not bear out:\n{told}\nAnswer anew."
    )


def _written(best: Checked | None, answers: Sequence[ModelAnswer], numbers: Mapping[str, int]) -> Written:
    costs = [each.cost_usd for each in answers]
    passed = best.passed if best else ()
    return Written(
        sentences=tuple(
            Sentence(each.text, tuple(sorted({numbers[handle] for handle in each.handles})))
            for each in passed
        ),
        known=best is not None,
        left_out=len(best.errors) if best else 0,
        calls=len(answers),
        calls_paid=sum(each.calls_paid for each in answers),
        cost_usd=None if None in costs else sum(cost for cost in costs if cost is not None),
    )
