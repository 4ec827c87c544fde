"""Which time of day does "half past three" or "9:30 pm" name?

15:30   3:30 pm   3.30pm   noon   midnight        exact, on the clock of 24 hours
half past three   3 o'clock                       said as on a dial: am or pm has to be known
"""

import re
from dataclasses import dataclass
from datetime import time

NUMBERS = (
    *("twelve", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve"),
)
_NUMBER = "|".join(NUMBERS[1:])
TIME = (
    r"(noon|midday|midnight"
    rf"|(?:\d{{1,2}}(?:[:.][0-5]\d)?|{_NUMBER})\s*(?:am|pm|a\.m\.?|p\.m\.?|o'clock)?)"
)
"""A time of day as one group."""
SURE_TIME = (
    r"(noon|midday|midnight|\d{1,2}:[0-5]\d\s*(?:am|pm|a\.m\.?|p\.m\.?|o'clock)?"
    rf"|(?:\d{{1,2}}(?:\.[0-5]\d)?|{_NUMBER})\s*(?:am|pm|a\.m\.?|p\.m\.?|o'clock))"
)
"""One that cannot be another number."""
_PAST = re.compile(
    rf"\b(half|(?:a\s+)?quarter|five|ten|twenty|twenty-five|\d\d?)\s+(past|to|after)\s+({_NUMBER}|\d\d?)\b(?!:)"
)
_PARTS = re.compile(rf"(\d{{1,2}}|{_NUMBER})(?:[:.](\d\d))?\s*(am|pm|a\.m\.?|p\.m\.?|o'clock)?")
_MINUTES = {"half": 30, "quarter": 15, "a quarter": 15, "five": 5, "ten": 10, "twenty": 20, "twenty-five": 25}


@dataclass(frozen=True)
class ClockTime:
    """An hour and minute as said; `half` is am or pm, `o'clock` for a dial, None for 24 hours."""

    hour: int
    minute: int
    half: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether am or pm would tell which of two times it is."""
        return self.half is None or self.half == "o'clock"

    @property
    def is_unsure(self) -> bool:
        """Whether it is one of two times and nobody can know which."""
        return self.half == "o'clock" and 1 <= self.hour <= 11

    @property
    def at(self) -> time:
        """The time on a clock of 24 hours."""
        return time(
            (self.hour % 12 + 12 * (self.half == "pm")) if self.half in ("am", "pm") else self.hour % 24,
            self.minute,
        )

    def with_half(self, half: str) -> "ClockTime":
        """The same where it is known to be before or after noon; a time past 12 says so by itself."""
        return ClockTime(self.hour, self.minute, half) if self.is_open and 1 <= self.hour <= 12 else self


def on_the_dial(text: str) -> str:
    """A phrase with "half past three" written as "3:30 o'clock"."""
    if not any(word in text for word in ("past", " to ", " after ")):
        return text
    return _PAST.sub(lambda match: _dial(match) or match[0], text)


def clock_time(text: str) -> ClockTime | None:
    """The time of day that a text matched by `TIME` names; None for one that no clock shows."""
    if text in ("noon", "midday", "midnight"):
        return ClockTime(0 if text == "midnight" else 12, 0)
    match = _PARTS.fullmatch(text.strip())
    if match is None:
        return None
    hour = _hour(match[1])
    half = {"a": "am", "p": "pm", "o": "o'clock"}[match[3][0]] if match[3] else None
    if half is None and not match[1].isdigit():
        half = "o'clock"
    most = 12 if half else 24
    if hour > most or (half in ("am", "pm") and hour == 0):
        return None
    return ClockTime(hour, int(match[2] or 0), half)


def _hour(text: str) -> int:
    return int(text) if text.isdigit() else NUMBERS.index(text, 1)


def _dial(match: re.Match[str]) -> str | None:
    minutes = _MINUTES.get(match[1]) or (int(match[1]) if match[1].isdigit() else 0)
    hour = _hour(match[3])
    if not 0 < minutes < 60 or not 1 <= hour <= 12 or (match[2] == "to" and minutes == 30):
        return None
    if match[2] == "to":
        if match[1].isdigit():
            return None  # "10 to 12" is a range
        hour, minutes = (hour - 2) % 12 + 1, 60 - minutes
    return f"{hour}:{minutes:02} o'clock"
