"""Is what somebody means to do a deed, of which one can say on another day that it is done?

    I'll write the migration guide             a deed
    I'll keep pushing, I'll stay positive      goes on: there is no day on which it is done
    We'll make a difference, I'll get fitter   by degrees: nothing shows that it was reached
    I'm going to eat a muffin                  over within the hour: nobody is reminded of it tomorrow
    I'll describe my configuration             a text says what it is going to say, and then says it

Each thing that a sentence sets out to do is looked at; one deed among them is enough. One that sets out to do
nothing in so many words ("Tomorrow: the alpha sweep") is taken for a deed, and so is another language.
"""

import re
from functools import lru_cache

_WHOSE = r"(?:my|our|your|their|his|her)"
_SETS_OUT = re.compile(
    r"(?P<which>\bwhich\s+\w+\s+)?"
    r"(?:['’]ll|\b(?:will|must|gonna|gotta|shall|planning on"
    r"|(?:going|needs?|have|has|plans?|planning|intends?|intending|wants?|about) to))\s+"
    r"(?=(?P<what>[^.!?;…]*))",
    re.IGNORECASE,
)
_LED_IN = re.compile(
    r"^(?:(?:just|also|only|then|still|all|both|always|at least|\w+ly)\s+"
    r"|(?:have|need|try|like|start|begin|be able|make sure|come back|go back) to\s+"
    r"|(?:start|begin|try|consider)\s+(?=\w+ing\b)|go (?:ahead )?and\s+)+",
    re.IGNORECASE,
)
"""Words before the verb that is meant."""
_GOES_ON = re.compile(
    r"(?:keep|continue)\s+(?:\w+ing|on|it|up|to)\b|(?:stay|remain)\s+(?!at\b|in\b|with\b|over\b)"
    r"|stick\s+(?:to|with|up|by|together)\b|stop\s+\w+ing\b|(?:try )?(?:not|never)\b"
    r"|(?:be(?!\s+\w+ing\b)|become|seem|feel|hope|believe|think|thinking|know|remember|miss|love|cherish|enjoy"
    r"|appreciate|wonder|worry|support|respect|treasure|focus)\b"
    rf"|have\s+(?:an?\s+)?(?:\w+\s+)?(?:time|fun|faith|blast|feeling)\b|do\s+{_WHOSE}\s+best\b",
    re.IGNORECASE,
)
"""What goes on, what one is, feels or thinks, and what one leaves off."""
_BY_DEGREES = re.compile(
    r"make\s+(?:an?\s+|some\s+|the\s+)?(?:\w+\s+)?(?:difference|changes|memories|impact|progress|most|effort)\b"
    r"|make\s+(?:sure|certain)\s+(?!to\b)|improve\s+(?:my|our|their|his|her)"
    rf"|(?:reach|achieve|follow|chase|fulfil)\s+{_WHOSE}\s+(?:\w+\s+)?(?:goals?|dreams?|potential)\b"
    r"|(?:get|grow|feel|do|live)\s+(?:much\s+|even\s+|a bit\s+)?(?:better|worse|stronger|fitter|healthier"
    r"|happier|calmer|wiser|braver|faster|closer|more)\b|(?:spend|take|find|have|make)\s+more\s+time\b"
    r"|(?:find|look for)\s+(?:an?\s+)?better\s+ways?\b",
    re.IGNORECASE,
)
"""What is reached by degrees, if at all."""
_AT_ONCE = re.compile(
    r"(?:eat|drink|nap|sleep|rest|relax|shower|cry|laugh|breathe|wait|lie down|sit down|log off|head out|ttyl"
    r"|go (?:home|to (?:bed|sleep)))\b"
    r"|(?:have|grab|get|make|take)\s+(?:an?\s+|some\s+|my\s+|another\s+)?(?:\w+\s+)?"
    r"(?:coffee|tea|snack|bite|drink|nap|shower|break|rest|sandwich)\b",
    re.IGNORECASE,
)
"""What a body wants, and what is over before another day."""
_NOW = re.compile(r"^[^,]*?\bnow\W*$", re.IGNORECASE)
_TELLS = re.compile(
    r"(?:describe|detail|explain|outline|cover|discuss|mention|say|note|admit|assume|skip|walk through"
    r"|go (?:over|through|into))\b(?!.*\b(?:to|with)\s+[A-ZÀ-Þ])"
)
"""What a text does in itself, unless it is done to somebody by name."""
_LATER = re.compile(
    r"\b(?:tomorrow|tonight|later|next|this (?:week|weekend|month|evening|afternoon)|weekend"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|before|until)\b",
    re.IGNORECASE,
)
_FOUND_OUT = re.compile(r"\b(?:made|makes|making) (?:me|us|him|her|them) reali[sz]e\b", re.IGNORECASE)


@lru_cache(maxsize=16_384)
def is_deed(text: str) -> bool:
    """Whether a sentence sets out to do something that one can be done with."""
    if _FOUND_OUT.search(text):
        return False
    found = list(_SETS_OUT.finditer(text))
    return not found or any(_is_one(each, text) for each in found)


def _is_one(found: re.Match[str], text: str) -> bool:
    what = _LED_IN.sub("", found["what"].strip())
    if found["which"] or _GOES_ON.match(what) or _BY_DEGREES.match(what):
        return False
    is_later = _LATER.search(text) is not None
    return is_later or not (_AT_ONCE.match(what) or _TELLS.match(what) or _NOW.match(what))
