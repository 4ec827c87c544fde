"""What is said of a whole day?"""

from collections.abc import Sequence

from rem_dagster.dreaming.verify import DAY_SUMMARY_WORDS
from rem_dagster.dreaming.wording import clip_words
from rem_dagster.model.day import Day
from rem_dagster.model.ids import derive_id
from rem_dagster.model.moment import Moment, happened
from rem_dagster.model.summary import Summary


def summary_from_moments(moments: Sequence[Moment]) -> str:
    """A day's summary made of what is shown: its moments' summaries, as far as they fit."""
    said = [moment.summary for moment in happened(moments)]
    ended = [f"{text}." if text[-1:].isalnum() else text for text in said[:-1]]
    return clip_words(" ".join([*ended, *said[-1:]]), DAY_SUMMARY_WORDS)


def make_summary(
    content: str, moments: Sequence[Moment], day: Day, *, dream_id: str, recipe: str
) -> Summary | None:
    """The day's summary as a record; None when there is nothing to say.

    It rests on what happened: a prediction neither is in it nor makes the day longer.
    """
    moments = happened(moments)
    if not content.strip() or not moments:
        return None
    end = max(moment.end_time for moment in moments)
    return Summary(
        id=derive_id(day.user_id, "day", day.partition_key),
        user_id=day.user_id,
        period="day",
        partition_key=day.partition_key,
        name=f"{day.day:%A} {day.day.day} {day.day:%B %Y}",
        content=clip_words(content, DAY_SUMMARY_WORDS),
        start_time=day.window.start,
        end_time=end,
        created_at=end,
        moment_ids=tuple(moment.id for moment in moments),
        input_hash=day.input_hash,
        recipe=recipe,
        dream_id=dream_id,
    )
