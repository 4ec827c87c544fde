"""By which word and ink does one know a type of moment?

The inks stand on `PAPER` with a contrast of 4.5 or more, so that they carry text as well as shapes; those
of `DARK_INKS` on `DARK_PAPER`.
"""

PAPER, INK, SOFT, RULE = "#faf8f4", "#23211d", "#6b665c", "#e6e1d7"
DARK_PAPER, DARK_INK, DARK_SOFT, DARK_RULE = "#16171a", "#e9e6df", "#a19c91", "#2c2e33"
WORDS = {
    "work_session": "Work",
    "learning": "Learning",
    "planning": "Planning",
    "communication": "Talk",
    "reflection": "Reflection",
    "creation": "Making",
    "collaboration": "Together",
    "prediction": "Ahead",
    "other": "Other",
}
INKS = {
    "work_session": "#2a54b3",
    "learning": "#085743",
    "planning": "#9e6702",
    "communication": "#52229a",
    "reflection": "#a72c7a",
    "creation": "#803129",
    "collaboration": "#0e7c9c",
    "prediction": "#655d07",
    "other": "#75716a",
}
DARK_INKS = {
    "work_session": "#769dee",
    "learning": "#6ce3bd",
    "planning": "#e2bb73",
    "communication": "#b582cc",
    "reflection": "#ed92c3",
    "creation": "#ec7c68",
    "collaboration": "#4bc0d7",
    "prediction": "#cdea98",
    "other": "#aaa69e",
}
INK_OF_OWN_TYPES, DARK_INK_OF_OWN_TYPES = "#655d07", "#cdea98"


def word_of(moment_type: str) -> str:
    """A type in one word; a user's own type by its name."""
    return WORDS.get(moment_type, moment_type.replace("_", " ").replace("-", " ").capitalize())


def ink_of(moment_type: str) -> str:
    """The colour of a type as `#rrggbb`; the user's own types share one."""
    return INKS.get(moment_type, INK_OF_OWN_TYPES)


def in_order(moment_types: set[str]) -> list[str]:
    """Types in the order in which they are always shown; the user's own come last, by name."""
    known = [name for name in WORDS if name in moment_types]
    return [*known, *sorted(moment_types - set(known))]
