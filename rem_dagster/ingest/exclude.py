"""What of an item never reaches the store?"""

import re

PRIVATE = re.compile(r"(?<!`)<private>.*?(?:</private>|\Z)", re.IGNORECASE | re.DOTALL)
"""A mark that is never closed reaches to the end of the text: text can be imported again, a leak cannot
be taken back. In backticks it is only talked about."""


def without_private(text: str) -> str:
    """The text without what stands between `<private>` and `</private>`."""
    return PRIVATE.sub("", text) if "<" in text else text
