"""Which texts of a draft are short enough, in the words of its inputs, and not those of the prompt?"""

from collections.abc import Sequence

from rem_dagster.dreaming.citing import Cited
from rem_dagster.dreaming.grounds import SUMMARY_SHARE, Grounds, leaks
from rem_dagster.dreaming.quarantine import Quarantine
from rem_dagster.dreaming.wording import normal_tag, words_of
from rem_dagster.model.draft import DraftStatement

MOST_TAGS = 8
TAG_LENGTH = 50
STATEMENT_LENGTH = 400
TITLE_WORDS = 3
"""Content words from which on a title must share one with its inputs; `A short note` may head any."""


class Texts:
    """The texts of one draft, each held back where it does not hold."""

    def __init__(self, cited: Cited, prompt: str, quarantine: Quarantine) -> None:
        self.cited = cited
        self.prompt = prompt
        self.quarantine = quarantine
        self.everything = Grounds.of(cited.items.values())
        self._stated: set[tuple[str, ...]] = set()
        self._grounds: dict[tuple[str, ...], Grounds] = {}

    def grounds(self, handles: tuple[str, ...]) -> Grounds:
        """What these inputs say; read once, as many facts of a long input rest on it."""
        if handles not in self._grounds:
            self._grounds[handles] = Grounds.of(self.cited.items[handle] for handle in handles)
        return self._grounds[handles]

    def title_and_summary(self, title: str, summary: str, grounds: Grounds) -> bool:
        """Whether a moment can be told like this."""
        return self.holds("moment", title, grounds, names=True, least=TITLE_WORDS) and self.holds(
            "moment", summary, grounds, share=SUMMARY_SHARE
        )

    def day_summary(self, text: str) -> bool:
        """Whether an account of the segment holds."""
        return bool(text.strip()) and self.holds("day_summary", text, self.everything, share=SUMMARY_SHARE)

    def tags(self, tags: Sequence[str]) -> tuple[str, ...]:
        """At most eight tags of a few words, each with a word of the inputs."""
        wanted = dict.fromkeys(tag for each in tags if (tag := normal_tag(each)))
        held = (tag for tag in wanted if self.holds("tag", tag, self.everything, names=True, most=TAG_LENGTH))
        return tuple(held)[:MOST_TAGS]

    def outcomes(self, outcomes: Sequence[str], grounds: Grounds) -> tuple[str, ...]:
        """The outcomes that a moment's inputs bear out, each on one line."""
        held = (each for each in outcomes if self.holds("outcome", each, grounds, most=STATEMENT_LENGTH))
        return tuple(dict.fromkeys(one_line(each) for each in held))

    def statements(
        self, statements: Sequence[DraftStatement], kind: str, moment: Grounds
    ) -> tuple[DraftStatement, ...]:
        """The sentences that rest on an input, each once in a draft; no guess is what their moment states."""
        passed = []
        for statement in statements:
            words = (kind, *words_of(statement.text))
            handles = self.cited.known(statement.handles, statement.text)
            if not handles:
                self.quarantine.hold_back(kind, statement.text, "it rests on no input")
                continue
            if kind == "intention" and self.cited.is_by_others(handles):
                self.quarantine.hold_back(kind, statement.text, "it is what others plan, not the user")
                continue
            grounds = self.grounds(handles)
            if words not in self._stated and self.holds(
                kind, statement.text, grounds, most=STATEMENT_LENGTH, around=moment
            ):
                self._stated.add(words)
                passed.append(statement.model_copy(update={"handles": handles}))
        return tuple(passed)

    def why(self, why: str) -> str:
        """Why two entities belong together, where the inputs bear it out; else nothing."""
        return why if why and self.holds("edge", why, self.everything, names=True) else ""

    def holds(
        self,
        kind: str,
        claim: str,
        grounds: Grounds,
        *,
        share: float = 0.0,
        least: int = 1,
        names: bool = False,
        most: int | None = None,
        around: Grounds | None = None,
    ) -> bool:
        """Whether a claim holds; see `Grounds.reason_against`."""
        reason = grounds.reason_against(claim, share=share, least=least, names=names, around=around)
        if most is not None and len(claim) > most:
            reason = f"it is longer than {most} characters"
        elif leaks(claim, self.prompt, self.cited.source):
            reason = "it repeats what the drafter was told, not what an input says"
        if reason:
            self.quarantine.hold_back(kind, claim, reason)
        return reason is None


def one_line(text: str) -> str:
    """The text with every run of white space as one space."""
    return " ".join(text.split())
