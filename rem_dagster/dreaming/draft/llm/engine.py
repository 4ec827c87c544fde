"""How does the engine that asks a language model answer?"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import ceil

from rem_dagster.dreaming.draft.engine import DayFrame, Drafted, Recipe, Usage
from rem_dagster.dreaming.draft.llm.agentlet import Agentlet
from rem_dagster.dreaming.draft.llm.opted import notes_on, schema_with
from rem_dagster.dreaming.draft.llm.parse import clean_text, parse_draft
from rem_dagster.dreaming.draft.llm.prompt import errors_turn, prompt_tokens, segment_turn, system_turn
from rem_dagster.dreaming.draft.llm.recap import SCHEMA, SCHEMA_NAME, groups_of, recap_turns
from rem_dagster.dreaming.draft.llm.split import halves_of, merged, parts_of
from rem_dagster.dreaming.grounds import SUMMARY_SHARE, Grounds, leaks
from rem_dagster.dreaming.redact import redact
from rem_dagster.dreaming.resolve import cited_sources
from rem_dagster.dreaming.segment import tokens_in
from rem_dagster.dreaming.verify import DAY_SUMMARY_WORDS, verify
from rem_dagster.dreaming.wording import clip_words
from rem_dagster.errors import ModelError, SettingsError, TruncatedError
from rem_dagster.llm.interface import Answer, ChatModel, Forecast, Purpose, Request, Turn
from rem_dagster.llm.tokens import request_tokens, tokens_of
from rem_dagster.model.day import Segment
from rem_dagster.model.draft import Draft
from rem_dagster.model.moment import Moment

FORMAT = "1"
"""Raised whenever the same segment is shown, or the same answer read, in another way than before."""
TEXT_BUDGET = 8_000
"""Tokens of text in one call where the context has room; as in `segment`."""
ANSWER_SHARE = 3
"""One part in so many of the context is kept for the answer."""
ANSWER_TOKENS = 8_192
ERRORS_ROOM = 600
"""Tokens kept for being told what was wrong."""
LEAST_TEXT = 300
RECAP_TOKENS = 400
ANSWERED_SHARE = 1.0
"""Tokens of an answer for a token of text, as the prompt asks for, until a home knows better."""
LEAST_ANSWERED = 150
MOMENT_TOKENS = 60
"""Title and summary of a moment."""
TEXT_OF_A_MOMENT = 1_000
"""Tokens of text that one moment tells of, roughly."""


class LlmEngine:
    """Writes a day with a model, from what its agentlet says. Keeps nothing between two calls."""

    def __init__(
        self, model: ChatModel, agentlet: Agentlet, *, key: bytes, context_tokens: int | None = None
    ) -> None:
        """An engine that asks this model.

        Args:
            model: whom to ask.
            agentlet: what to say and how the answer must look.
            key: of the home, for the marks of fences and of redacted secrets.
            context_tokens: what the model can read and write in one call; None when it is ample.

        Raises:
            SettingsError: the context is too small for the agentlet.
        """
        self._model = model
        self._agentlet = agentlet
        self._key = key
        self._context = context_tokens
        asked = agentlet.parameters.get("max_tokens")
        answer = asked if isinstance(asked, int) else ANSWER_TOKENS
        self._answer_tokens = (
            answer if context_tokens is None else min(answer, context_tokens // ANSWER_SHARE)
        )
        self._clean = partial(redact, key=key)
        if context_tokens is not None and self._text_budget(system_turn(agentlet, {})) < LEAST_TEXT:
            raise SettingsError(
                f"A context of {context_tokens} tokens is too small for agentlet {agentlet.name!r}: its "
                "prompt, its schema and an answer leave no room for the inputs. Nothing was sent. Name a "
                "model with a larger context, or raise the context that the server was started with."
            )

    @property
    def recipe(self) -> Recipe:
        """What this engine makes days with."""
        return Recipe(
            engine="llm",
            model=self._model.name,
            agentlet=self._agentlet.name,
            agentlet_version=self._agentlet.version,
            parameters={
                **self._agentlet.parameters,
                "agentlet_hash": self._agentlet.hash,
                "context_tokens": self._context,
                "format": FORMAT,
            },
        )

    @property
    def can_mend(self) -> bool:
        """A model told of its errors can answer better."""
        return True

    @property
    def prompt(self) -> str | None:
        """What the drafter is told: the agentlet's prompt and the words of its schema."""
        return self._agentlet.told

    def forecast(
        self, segments: Sequence[Segment], frame: DayFrame, *, answer_share: float | None = None
    ) -> Forecast:
        """What a day takes; see `Engine.forecast`. A recap's prompt is guessed, as nothing is written yet."""
        total = Forecast()
        text = 0
        for segment in segments:
            for part in self.parts(segment, frame):
                request = self.request(part, frame)
                size = sum(tokens_of(item.text) for item in part.items)
                told = size * ANSWERED_SHARE
                if answer_share is not None:
                    told = request_tokens(request) * answer_share
                expected = min(self._answer_tokens, max(LEAST_ANSWERED, ceil(told)))
                total += self._model.forecast(request, completion_tokens=expected)
                text += size
        if len(segments) > 1 and total.calls:
            total += self._recap_forecast(max(2, text // TEXT_OF_A_MOMENT), frame)
        return total

    def told(self, segment: Segment, frame: DayFrame) -> Sequence[Sequence[Turn]]:
        """The turns of each request that would be made for a segment."""
        return [self.request(part, frame).turns for part in self.parts(segment, frame)]

    async def close(self) -> None:
        """Close the model's connections of this event loop."""
        await self._model.close()

    async def draft(self, segment: Segment, frame: DayFrame, *, errors: Sequence[str] = ()) -> Drafted:
        """A draft of one segment; see `Engine.draft`.

        A segment that does not fit into one call, or whose answer was cut, is asked about in parts. With
        errors, each part is told its own: its first answer is read again, which a cache gives for nothing.
        """
        parts = self.parts(segment, frame)
        if len(parts) == 1:
            return await self._ask_or_split(parts[0], frame, errors)
        return _merged(await asyncio.gather(*(self._part(part, frame, again=bool(errors)) for part in parts)))

    async def summarize(self, moments: Sequence[Moment], frame: DayFrame) -> tuple[str, Usage]:
        """At most 70 words on the moments; where they do not fit into one call, on recaps of runs of them."""
        usage = Usage()
        lines = [f"{moment.name}: {moment.summary}" for moment in moments]
        sources = tuple(dict.fromkeys(each for moment in moments for each in _rests_on(moment)))
        purpose = Purpose(frame.user_id, (frame.day.isoformat(),), sources)
        while True:
            budget = TEXT_BUDGET if self._context is None else min(TEXT_BUDGET, self._context // 2)
            groups = groups_of(lines, budget)
            answers = await asyncio.gather(*(self._recap(group, purpose) for group in groups))
            usage = sum((spent for _, spent in answers), usage)
            lines = [text for text, _ in answers]
            if len(lines) == 1:
                return lines[0], usage

    def parts(self, segment: Segment, frame: DayFrame) -> list[Segment]:
        """What `draft` asks about one by one, as long as no answer is cut."""
        system = self._system(frame)
        budget = self._text_budget(system)

        def fits(part: Segment) -> bool:
            if sum(tokens_in(item.text) for item in part.items) > budget:
                return False
            if self._context is None:
                return True
            turns = [system, segment_turn(part, frame, self._key)]
            asked = prompt_tokens(turns, schema_with(self._agentlet.output_schema, frame.moment_types))
            return asked + ERRORS_ROOM + self._answer_tokens <= self._context

        return parts_of(segment, budget, fits)

    def request(self, segment: Segment, frame: DayFrame, errors: Sequence[str] = ()) -> Request:
        """What is sent for one part, for estimates and the audit too."""
        turns = [self._system(frame), segment_turn(segment, frame, self._key)]
        return Request(
            turns=[*turns, errors_turn(errors)] if errors else turns,
            schema_name=self._agentlet.name,
            schema=schema_with(self._agentlet.output_schema, frame.moment_types),
            parameters={**self._agentlet.parameters, "max_tokens": self._answer_tokens},
            purpose=Purpose(
                user_id=frame.user_id,
                days=(frame.day.isoformat(),),
                source_ids=tuple(dict.fromkeys(item.source_id for item in segment.items)),
            ),
        )

    def _system(self, frame: DayFrame) -> Turn:
        """The constant turn, with what is to be known of types that the home opted in to."""
        turn = system_turn(self._agentlet, frame.moment_types)
        notes = notes_on(frame.moment_types)
        return replace(turn, content=f"{turn.content}\n{notes}") if notes else turn

    def _recap_forecast(self, moments: int, frame: DayFrame) -> Forecast:
        line = "word " * (MOMENT_TOKENS - 10)
        turns = recap_turns([line] * moments, self._key)
        purpose = Purpose(frame.user_id, (frame.day.isoformat(),), ())
        request = Request(turns, SCHEMA_NAME, SCHEMA, self._agentlet.parameters, purpose)
        return self._model.forecast(request, completion_tokens=DAY_SUMMARY_WORDS * 2)

    def _text_budget(self, system: Turn) -> int:
        """Tokens of text for one call: about as many as its answer may have, for that is its length."""
        if self._context is None:
            return max(TEXT_BUDGET, self._answer_tokens)
        constant = prompt_tokens([system], self._agentlet.output_schema) + ERRORS_ROOM
        return min(TEXT_BUDGET, self._answer_tokens, self._context - self._answer_tokens - constant)

    async def _part(self, part: Segment, frame: DayFrame, *, again: bool) -> Drafted:
        """A part of a segment; anew where its first draft does not hold and the engine is asked again."""
        first = await self._ask_or_split(part, frame, ())
        if not again:
            return first
        errors = verify(first.draft, part, frame.moment_types, prompt=self._agentlet.told).errors
        if not errors:
            return first
        second = await self._ask_or_split(part, frame, errors)
        return Drafted(second.draft, first.usage + second.usage)

    async def _ask_or_split(self, part: Segment, frame: DayFrame, errors: Sequence[str]) -> Drafted:
        """One answer about a part, or where that was cut for its length the answers about its halves."""
        try:
            answer = await self._model.answer(self.request(part, frame, errors))
        except TruncatedError:
            halves = halves_of(part)
            if halves is None:
                raise
            again = bool(errors)
            return _merged(await asyncio.gather(*(self._part(half, frame, again=again) for half in halves)))
        return Drafted(parse_draft(answer.content, part, clean=self._clean), _usage(answer))

    async def _recap(self, lines: Sequence[str], purpose: Purpose) -> tuple[str, Usage]:
        """A model's recap; where it does not come from the lines, as many of these as fit."""
        turns = recap_turns(lines, self._key)
        given = self._agentlet.parameters
        limit = min(RECAP_TOKENS, self._answer_tokens)
        request = Request(turns, SCHEMA_NAME, SCHEMA, {**given, "max_tokens": limit}, purpose)
        answer = await self._model.answer(request)
        content = answer.content if isinstance(answer.content, Mapping) else {}
        text = clip_words(clean_text(content.get("day_summary"), self._clean), DAY_SUMMARY_WORDS)
        if not text:
            raise ModelError("The model's answer has no summary of the day.")
        source = "\n".join(lines)
        reason = Grounds(source).reason_against(text, share=SUMMARY_SHARE)
        if reason or leaks(text, turns[0].content, source):
            text = clip_words(" ".join(line.partition(": ")[2] or line for line in lines), DAY_SUMMARY_WORDS)
        return text, _usage(answer)


def _merged(drafted: Sequence[Drafted]) -> Drafted:
    drafts: list[Draft] = [each.draft for each in drafted]
    return Drafted(merged(drafts), sum((each.usage for each in drafted), Usage()))


def _rests_on(moment: Moment) -> list[str]:
    """Every source whose words may be in a moment's, so that a recap goes when one of them is forgotten."""
    return [*cited_sources(moment), *(quote.source_id for quote in moment.evidence)]


def _usage(answer: Answer) -> Usage:
    return Usage(
        calls=1,
        calls_paid=answer.calls_paid,
        prompt_tokens=answer.prompt_tokens or 0,
        completion_tokens=answer.completion_tokens or 0,
        cost_usd=answer.cost_usd,
    )
