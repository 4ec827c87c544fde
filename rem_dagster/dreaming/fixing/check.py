"""Is what a person wants to change possible, and which correction is it?"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from rem_dagster.dreaming.correct import sources_of
from rem_dagster.dreaming.resolve import cited_sources
from rem_dagster.dreaming.verify import SUMMARY_LENGTH, TITLE_LENGTH
from rem_dagster.dreaming.wording import flat
from rem_dagster.errors import InputError
from rem_dagster.model.correction import Correction
from rem_dagster.model.day import Day
from rem_dagster.model.ids import derive_id, digest_text
from rem_dagster.model.moment import Moment
from rem_dagster.model.window import Calendar
from rem_dagster.model.words import PREDICTION, CorrectionVerb

Value = Mapping[str, object]
WAS = "was"
"""The name of a value that says what its moments were called: for lists alone, and no part of a change."""
FITS_A_PREDICTION = ("rename", "hide")
NOTHING_CHANGED = "Nothing was changed."
TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
FIELDS: Mapping[CorrectionVerb, tuple[str, ...]] = {
    "rename": ("name", "summary"),
    "retype": ("moment_type",),
    "set_times": ("start_time", "end_time"),
    "split": ("at",),
    "merge": ("name", "summary"),
    "hide": (),
    "add": ("name", "summary", "start_time", "end_time", "moment_type"),
    "close": ("text",),
}
"""What the value of each verb may hold."""


@dataclass(frozen=True)
class Ground:
    """What a change is checked against: the day, and what the home knows."""

    day: Day
    moment_types: Sequence[str]
    calendar: Calendar
    today: date


def checked(
    verb: CorrectionVerb, moments: Sequence[Moment], value: Value, ground: Ground, *, made_at: datetime
) -> Correction:
    """The correction that a person asks for.

    Args:
        moments: of the day that are to be changed, in the order in which they were named.
        value: what to change them to; times may be datetimes or ISO texts, local where they have no zone.

    Raises:
        InputError: it is not possible; nothing was changed.
    """
    _check_number(verb, moments)
    if unknown := sorted(set(value) - set(FIELDS[verb])):
        known = ", ".join(FIELDS[verb]) or "no values"
        raise _wrong(f"{verb} was given {', '.join(unknown)}", f"it takes {known}")
    _check_predictions(verb, moments)
    made = _VALUES[verb](moments, {name: each for name, each in value.items() if each is not None}, ground)
    return correction_of(verb, moments, made, ground.day, made_at=made_at)


def correction_of(
    verb: CorrectionVerb, moments: Sequence[Moment], value: Value, day: Day, *, made_at: datetime
) -> Correction:
    """The correction as it is kept; the same change of the same sources has one id, whenever it is made."""
    target = tuple(sorted({each for moment in moments for each in sources_of(moment)}))
    change = digest_text(*(part for name in sorted(value) for part in (name, str(value[name]))))
    was = {WAS: [moment.name for moment in moments]} if moments else {}
    return Correction(
        id=derive_id(day.user_id, day.partition_key, "correction", verb, digest_text(*target), change),
        user_id=day.user_id,
        partition_key=day.partition_key,
        target=target,
        verb=verb,
        value={**value, **was},
        made_at=made_at,
    )


def _check_number(verb: CorrectionVerb, moments: Sequence[Moment]) -> None:
    names = ", ".join(repr(each.name) for each in moments) or "none"
    if verb == "merge" and len({each.id for each in moments}) < 2:
        raise _wrong(f"merge was given {names}", "it takes two moments of one day or more")
    if verb == "add" and moments:
        raise _wrong(f"add was given {names}", "it makes a new moment and takes none")
    if verb not in ("merge", "add") and len(moments) != 1:
        raise _wrong(f"{verb} was given {names}", "it changes one moment: name it by its id")


def _check_predictions(verb: CorrectionVerb, moments: Sequence[Moment]) -> None:
    for each in moments:
        if each.is_prediction and verb not in FITS_A_PREDICTION:
            raise _wrong(
                f"{verb} was asked for {each.name!r}",
                "it is a prediction, which has not happened; it can be renamed or hidden",
            )


def _words(moments: Sequence[Moment], value: Value, ground: Ground) -> Value:
    """A title or a summary or both."""
    limits = {"name": ("title", TITLE_LENGTH), "summary": ("summary", SUMMARY_LENGTH)}
    return {
        name: _text(value[name], what=what, most=most)
        for name, (what, most) in limits.items()
        if name in value
    }


def _renaming(moments: Sequence[Moment], value: Value, ground: Ground) -> Value:
    words = _words(moments, value, ground)
    if not words:
        raise _wrong("rename was given no words", "give a new title, a new summary or both")
    return words


def _retyping(moments: Sequence[Moment], value: Value, ground: Ground) -> Value:
    return {"moment_type": _type(value.get("moment_type"), ground)}


def _times(moments: Sequence[Moment], value: Value, ground: Ground) -> Value:
    missing = [name for name in ("start_time", "end_time") if name not in value]
    if missing:
        raise _wrong(f"no {missing[0]} was given", "give both a start and an end")
    start, end = (_instant(value[name], ground.calendar) for name in ("start_time", "end_time"))
    if end < start:
        raise _wrong(
            f"{_clock(start, ground)} to {_clock(end, ground)} ends before it starts",
            "give the earlier first, and for what went on into the next day the end of its first, "
            f"{_clock(ground.day.window.end, ground, dated=True)}",
        )
    _check_within(start, end, ground)
    return {"start_time": start.isoformat(), "end_time": end.isoformat()}


def _splitting(moments: Sequence[Moment], value: Value, ground: Ground) -> Value:
    if "at" not in value:
        raise _wrong("split was given no time", "give the time at which the second part begins")
    [moment] = moments
    at = _instant(value["at"], ground.calendar)
    known = {item.source_id: item.occurred_at for item in ground.day.items}
    times = sorted(known[each] for each in cited_sources(moment) if each in known)
    if len(times) < 2 or times[0] == times[-1]:
        raise _wrong(
            f"{moment.name!r} cannot be split",
            "all that it cites is of one time; hide it and add two, if it was two",
        )
    if not times[0] < at <= times[-1]:
        raise _wrong(
            f"{moment.name!r} cannot be split at {_clock(at, ground)}",
            f"one part would be empty; name a time after {_clock(times[0], ground)} and up to "
            f"{_clock(times[-1], ground)}",
        )
    return {"at": at.isoformat()}


def _nothing(moments: Sequence[Moment], value: Value, ground: Ground) -> Value:
    return {}


def _adding(moments: Sequence[Moment], value: Value, ground: Ground) -> Value:
    if ground.day.day > ground.today:
        raise _wrong(f"a moment was to be added to {ground.day.day}", "that day is still to come")
    if not value.get("name"):
        raise _wrong("a moment was to be added without a title", "give it one")
    return {
        **_words(moments, value, ground),
        **_times(moments, value, ground),
        "moment_type": _type(value.get("moment_type", "other"), ground),
    }


def _closing(moments: Sequence[Moment], value: Value, ground: Ground) -> Value:
    """The one intention of a moment that holds some words, or the only one that it has."""
    [moment] = moments
    wanted = flat(str(value.get("text", ""))).casefold()
    stated = list(dict.fromkeys(flat(each.text) for each in moment.intentions))
    found = [each for each in stated if wanted == each.casefold()] or [
        each for each in stated if wanted in each.casefold()
    ]
    if len(found) == 1:
        return {"text": found[0]}
    if not stated:
        raise _wrong(
            f"close was asked for {moment.name!r}", "nothing that somebody means to do is stated there"
        )
    raise _wrong(
        f"close was asked for {value.get('text', '')!r}, which {'several' if found else 'none'} of "
        f"{moment.name!r} have",
        f"name one of {'; '.join(map(repr, found or stated))}",
    )


_VALUES = {
    "rename": _renaming,
    "retype": _retyping,
    "set_times": _times,
    "split": _splitting,
    "merge": _words,
    "hide": _nothing,
    "add": _adding,
    "close": _closing,
}


def _text(value: object, *, what: str, most: int) -> str:
    """Words on one line, without characters that move others about."""
    whole = str(value)
    text = flat("".join(each for each in whole.replace("\n", " ") if not _moves_others(each)))
    if not text:
        raise _wrong(f"the {what} {whole!r} is empty", f"give the {what} some words")
    if len(text) > most:
        raise _wrong(
            f"the {what} {text[:40] + '…'!r} has {len(text)} characters", f"{most} are the most; shorten it"
        )
    return text


def _moves_others(letter: str) -> bool:
    """Whether it is a control, half a character, or turns the direction of what follows."""
    return unicodedata.category(letter) in ("Cc", "Cs") or letter in TURNS


def _type(value: object, ground: Ground) -> str:
    name = str(value or "").strip().lower().replace(" ", "_")
    offered = [each for each in ground.moment_types if each != PREDICTION]
    if name in offered:
        return name
    hyphened = {each.replace("-", "_"): each for each in offered}
    if name.replace("-", "_") in hyphened:
        return hyphened[name.replace("-", "_")]
    raise _wrong(
        f"{value!r} is no type that a moment can be given here",
        f"it can be {', '.join(offered)}; `rem types add NAME --description TEXT` makes a new one",
    )


def _instant(value: object, calendar: Calendar) -> datetime:
    """A datetime or an ISO text; without a zone it is a local time of the home, the first of two."""
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError as error:
        raise _wrong(f"{value!r} is no time", "give one such as 2025-10-14T14:30") from error
    return calendar.instant_of(at)[0] if at.tzinfo is None else at.astimezone(UTC)


def _check_within(start: datetime, end: datetime, ground: Ground) -> None:
    window = ground.day.window
    if start < window.start or start >= window.end or end > window.end:
        raise _wrong(
            f"{_clock(start, ground, dated=True)} to {_clock(end, ground, dated=True)} is not within "
            f"{ground.day.day}",
            f"a moment stays on its day, which goes from {_clock(window.start, ground, dated=True)} to "
            f"{_clock(window.end, ground, dated=True)}",
        )


def _clock(at: datetime, ground: Ground, *, dated: bool = False) -> str:
    local = at.astimezone(ground.day.zone)
    is_of_day = local.date() == ground.day.day and not dated
    return f"{local:%H:%M}" if is_of_day else f"{local:%Y-%m-%d %H:%M}"


def _wrong(what: str, instead: str) -> InputError:
    text = f"{what}: {instead}. {NOTHING_CHANGED}"
    return InputError(text[:1].upper() + text[1:])
