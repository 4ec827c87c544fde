"""Which of an engine's claims does the source bear out?

The only gate between a draft and what anybody sees. A claim passes, or is held back with its reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rem_dagster.dreaming.citing import Cited
from rem_dagster.dreaming.grounds import content_words, is_by_a_person
from rem_dagster.dreaming.prediction import is_prediction
from rem_dagster.dreaming.quarantine import Quarantine, named
from rem_dagster.dreaming.texts import Texts, one_line
from rem_dagster.dreaming.wording import clip_letters, clip_words, near_equal, normal_name
from rem_dagster.model.day import Segment
from rem_dagster.model.draft import Draft, DraftMoment, DraftQuote
from rem_dagster.model.dream import QuarantinedClaim
from rem_dagster.schema import load_schema

TITLE_LENGTH = 70
SUMMARY_LENGTH = 400
DAY_SUMMARY_WORDS = 70
MINOR = ("tag", "entity", "edge")
"""Kinds of claims that are held back without asking again: one of them is not worth a second call."""
SUBSTANTIAL_WORDS = 25
"""Different content words of a person's own from which on a segment is worth a moment."""


@dataclass
class Verdict:
    """What passed, and what was held back and why."""

    draft: Draft
    quarantine: list[QuarantinedClaim] = field(default_factory=list)

    @property
    def errors(self) -> list[str]:
        """The reasons worth another draft, worded for whoever writes it."""
        worth = (claim for claim in self.quarantine if claim.kind not in MINOR)
        return [f"{claim.kind} {claim.text!r}: {claim.reason}" for claim in worth]

    @property
    def claims(self) -> int:
        """How many claims passed: moments, their facts, outcomes, intentions and feelings."""
        return sum(
            1 + len(each.facts) + len(each.outcomes) + len(each.intentions) + len(each.emotions)
            for each in self.draft.moments
        )


def verify(
    draft: Draft, segment: Segment, moment_types: Mapping[str, str], *, prompt: str | None = None
) -> Verdict:
    """The part of a draft that its segment bears out.

    Args:
        draft: what an engine made of the segment.
        segment: the redacted inputs.
        moment_types: the types that a moment may have.
        prompt: what the drafter was told and may not repeat; None for the bundled agentlet's prompt.
    """
    told = load_schema("agentlets/moment-generator")["prompt"] if prompt is None else prompt
    checker = _Checker(segment, moment_types, told)
    if all(is_prediction(moment) for moment in draft.moments):
        checker.silence()
    for moment in draft.moments:
        checker.moment(moment)
    entities = tuple(kept for entity in draft.entities if (kept := checker.cited.entity(entity)))
    names = {normal_name(name) for entity in entities for name in (entity.name, *entity.aliases)}
    passed = Draft(
        moments=tuple(checker.passed),
        entities=entities,
        edges=tuple(
            known.model_copy(update={"why": checker.texts.why(known.why)})
            for edge in draft.edges
            if (known := checker.cited.edge(edge, names))
        ),
        day_summary=checker.day_summary(draft.day_summary),
    )
    return Verdict(passed, checker.quarantine.claims)


class _Checker:
    """Checks the moments of one draft against the items of one segment."""

    def __init__(self, segment: Segment, moment_types: Mapping[str, str], prompt: str) -> None:
        self.moment_types = moment_types
        self.quarantine = Quarantine()
        self.cited = Cited(segment.items, self.quarantine)
        self.texts = Texts(self.cited, prompt, self.quarantine)
        self.passed: list[DraftMoment] = []
        self.taken: dict[str, str] = {}
        """The moment that each input is in; predictions are in nobody's way."""

    def silence(self) -> None:
        """Hold back that there is nothing to tell, where people said a good deal."""
        own = [item for item in self.cited.items.values() if item.trust == "own" and is_by_a_person(item)]
        if len(content_words("\n".join(item.text for item in own))) >= SUBSTANTIAL_WORDS:
            self.quarantine.hold_back("coverage", f"{len(own)} inputs", "no moment was given for them")

    def moment(self, moment: DraftMoment) -> None:
        """Let the moment pass with what is borne out of it, or hold it back."""
        ahead = is_prediction(moment)
        cited = self.cited.known(moment.handles, moment.name)
        handles = tuple(each for each in cited if ahead or each not in self.taken)
        evidence = self.cited.quotes(moment.evidence, handles)
        reason = self.reason_against(moment, cited, evidence)
        if reason:
            self.quarantine.hold_back("moment", moment.name or moment.summary, reason)
            return
        grounds = self.texts.grounds(cited)
        if not self.texts.title_and_summary(moment.name, moment.summary, grounds):
            return
        self.passed.append(
            moment.model_copy(
                update={
                    "name": clip_letters(one_line(moment.name), TITLE_LENGTH),
                    "summary": clip_letters(one_line(moment.summary), SUMMARY_LENGTH),
                    "tags": self.texts.tags(moment.tags),
                    "emotions": self.cited.emotions(moment.emotions, cited),
                    "people": self.cited.people(moment.people, handles),
                    "outcomes": self.texts.outcomes(moment.outcomes, grounds),
                    "confidence": self.confidence(moment),
                    "handles": handles,
                    "evidence": evidence,
                    "facts": self.texts.statements(moment.facts, "fact", grounds),
                    "intentions": self.texts.statements(moment.intentions, "intention", grounds),
                }
            )
        )
        if not ahead:
            self.taken.update(dict.fromkeys(handles, moment.name))

    def reason_against(
        self, moment: DraftMoment, cited: Sequence[str], evidence: Sequence[DraftQuote]
    ) -> str | None:
        """Why the moment as such cannot be shown, or None."""
        if not moment.name.strip() or not moment.summary.strip():
            return "it has no title or no summary"
        if moment.moment_type not in self.moment_types:
            return f"type {named(moment.moment_type)} is none of {', '.join(self.moment_types)}"
        if is_prediction(moment) and not _is_share(moment.confidence):
            return "a prediction needs a confidence from 0 to 1"
        if repeated := self.repeated(moment, cited):
            return repeated
        return None if evidence else "no quote of it is in an input that it cites"

    def repeated(self, moment: DraftMoment, cited: Sequence[str]) -> str | None:
        """How a moment says again what another said, or None."""
        ahead = is_prediction(moment)
        for other in self.passed:
            shared = not set(cited).isdisjoint(other.handles)
            if is_prediction(other) != ahead or not near_equal(other.name, moment.name):
                continue
            if shared:
                return f"it repeats {named(other.name)}, which has some of its inputs"
            if near_equal(other.summary, moment.summary):
                return f"it repeats {named(other.name)}, which says the same of other inputs"
        if cited and not ahead and all(each in self.taken for each in cited):
            return f"all its inputs are in other moments, such as {named(self.taken[cited[0]])}"
        return None

    def confidence(self, moment: DraftMoment) -> float | None:
        """What the draft says, where it lies from 0 to 1."""
        if moment.confidence is None or _is_share(moment.confidence):
            return moment.confidence
        self.quarantine.hold_back("moment", moment.name, f"confidence {moment.confidence} is not from 0 to 1")
        return None

    def day_summary(self, text: str) -> str:
        """The draft's own account of its inputs, or else its moments'; none when no moment passed."""
        if not self.passed:
            return ""
        if not self.texts.day_summary(text):
            text = " ".join(each.summary for each in self.passed if not is_prediction(each))
        return clip_words(text, DAY_SUMMARY_WORDS)


def _is_share(value: float | None) -> bool:
    return value is not None and 0 <= value <= 1
