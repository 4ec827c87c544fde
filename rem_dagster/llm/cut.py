"""Was an answer cut because it is too long, or by accident; and was the prompt cut without a word?

    asked for at most    ├──────────────── max_tokens ────────────────┤
    too long             ├─────────────────────── answer ─────────────┤ cut
    an accident          ├─ answer ─┤ cut

Too long is for the caller to cut into parts, which gives other moments than the whole. An accident is asked
about once more, or else a bad connection would decide what a day looks like.
"""

from rem_dagster.errors import TruncatedError

EARLY = 4
"""An answer that has less than one part in so many of the tokens that it may have was cut early."""


READ_SHARE, FEWEST_READ = 0.7, 1024
"""A prompt of which less than this share was read was cut: estimates are that far off for no language that
was tried. Below so many tokens nothing is said: an endpoint may leave out of its count what it had kept."""


class PromptCutError(TruncatedError):
    """The endpoint read only the part of the prompt that its context holds, and did not say so."""


def was_prompt_cut(prompt_tokens: int | None, estimated: int) -> bool:
    """Whether an endpoint read so much less than it was sent that it must have left some out.

    Args:
        prompt_tokens: what it says that it read; None when it does not say.
        estimated: tokens of the turns alone, as a schema may be no part of what is read.
    """
    return prompt_tokens is not None and FEWEST_READ <= prompt_tokens < READ_SHARE * estimated


class Cuts:
    """What one endpoint's cuts tell of it. Keeps nothing beyond the process."""

    def __init__(self) -> None:
        self._own_limit: int | None = None

    def was_accident(self, completion_tokens: int | None, most_tokens: int | None) -> bool:
        """Whether a cut answer is worth asking for once more.

        Args:
            completion_tokens: what it has; None, where nobody said, is taken for all that it may have.
            most_tokens: what the request lets it have; None is no limit, and so it is the endpoint that cut.
        """
        if completion_tokens is None or most_tokens is None:
            return False
        if self._own_limit is not None and completion_tokens >= self._own_limit:
            return False
        return completion_tokens * EARLY < most_tokens

    def came_again(self, completion_tokens: int | None) -> None:
        """Note that an answer was cut twice: then the limit is the endpoint's own, and will not move."""
        if completion_tokens is not None:
            held = completion_tokens if self._own_limit is None else self._own_limit
            self._own_limit = min(held, completion_tokens)
