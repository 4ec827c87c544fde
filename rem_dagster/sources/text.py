"""How does text become something that can be stored?"""

import math
import re

LONE_SURROGATE = re.compile("[\ud800-\udfff]")
REPLACEMENT = "\ufffd"


def replace_surrogates(text: str) -> str:
    """The text with U+FFFD for every half of a surrogate pair: those cannot be stored."""
    return text if text.isascii() else LONE_SURROGATE.sub(REPLACEMENT, text)


def clean_value(value: object) -> object:
    """A JSON value without lone surrogates, and with None for numbers that JSON does not have."""
    if isinstance(value, str):
        return replace_surrogates(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {replace_surrogates(str(key)): clean_value(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [clean_value(each) for each in value]
    return value
