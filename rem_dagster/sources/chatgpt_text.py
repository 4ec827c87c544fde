"""What does a message of ChatGPT say, and is it one that somebody saw?"""

import re
from collections.abc import Iterator

from rem_dagster.model.own_output import without_managed
from rem_dagster.sources.fields import Fields, as_fields, fields_in, list_in, objects_in, text_in

THINKING = {"thoughts", "reasoning_recap"}
CONTEXT = {"user_editable_context", "model_editable_context", "app_pairing_content"}
"""Contents that are told to the model in every conversation: custom instructions and memories."""
PLAIN = ("text", "result", "content", "summary")
"""Where contents without `parts` keep their text: code, outputs of tools, pages."""
PAGE = {"tether_quote", "sonic_webpage"}
MARKER = re.compile("\ue200[^\ue201]{0,2000}\ue201|[\ue200-\ue206]")
"""What the page of ChatGPT draws as a link or a card."""
NAMED = re.compile('\ue200entity\ue202\\["[^"]*","([^"]*)"[^\ue201]*\ue201')
SOURCE = re.compile(r"【[^【】]{0,40}†[^【】]{0,200}】")
MOST_LINKS = 20
SHOWN_TEXT = 200
"""Characters of the words that an image was made from."""


def why_left_out(message: Fields) -> str | None:
    """Why a message is no part of what was said between a person and ChatGPT; None when it is."""
    content_type = fields_in(message, "content").get("content_type")
    is_thinking = isinstance(content_type, str) and content_type in THINKING
    if is_thinking or message.get("channel") == "analysis":
        return "is the model's thinking"
    if fields_in(message, "author").get("role") == "system":
        return "is a system message"
    if fields_in(message, "metadata").get("is_visually_hidden_from_conversation") is True:
        return "is hidden in ChatGPT"
    if isinstance(content_type, str) and content_type in CONTEXT:
        return "is custom instructions or memories, which ChatGPT adds to each conversation"
    if message.get("recipient") not in (None, "", "all"):
        return "is a call of a tool"
    return None


def words_of(message: Fields) -> str:
    """What a message says; images and files are named in brackets, at the place where they are."""
    names = attachment_names(message)
    content = message.get("content")
    spoken = content if isinstance(content, str) else _spoken(as_fields(content), names)
    shown = "\n".join(f"[file: {name}]" for name in names.values() if f": {name}]" not in spoken)
    words = "\n".join(part for part in (spoken, shown) if part)
    return without_managed(_without_markers(words, message)).strip()


def attachment_names(message: Fields) -> dict[str, str]:
    """The names of the files that somebody added, by their ids."""
    named = objects_in(fields_in(message, "metadata"), "attachments")
    return {
        text_in(each, "id") or name: name for each in named if (name := text_in(each, "name")) is not None
    }


def links_of(message: Fields) -> list[str]:
    """The pages that an answer cites, in its order."""
    metadata = fields_in(message, "metadata")
    found: dict[str, None] = {}
    for reference in objects_in(metadata, "content_references"):
        for place in (reference, *objects_in(reference, "items"), *objects_in(reference, "sources")):
            _add_link(found, place)
    for citation in objects_in(metadata, "citations"):
        _add_link(found, fields_in(citation, "metadata"))
    content = fields_in(message, "content")
    if content.get("content_type") in ("tether_quote", "sonic_webpage"):
        _add_link(found, content)
    return list(found)[:MOST_LINKS]


def _add_link(found: dict[str, None], place: Fields) -> None:
    url = text_in(place, "url")
    if url and url.startswith(("http://", "https://")):
        found.setdefault(url)


def _spoken(content: Fields, names: dict[str, str]) -> str:
    parts = list_in(content, "parts")
    if not parts:
        return _plain(content)
    said = list(_said(parts, names))
    words = [text for text, is_sound in said if not is_sound]
    # what was spoken comes as its sound and as its words
    return "\n".join(words or [text for text, _ in said])


def _said(parts: object, names: dict[str, str]) -> Iterator[tuple[str, bool]]:
    """Each part as text, and whether it is but a sound."""
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, str):
            if part.strip():
                yield part, False
        elif isinstance(part, dict):
            yield _part(part, names)


def _part(part: Fields, names: dict[str, str]) -> tuple[str, bool]:
    kind = text_in(part, "content_type") or "something"
    if (spoken := text_in(part, "text")) is not None:
        return spoken, False
    if "audio" in kind or "video" in kind:
        return ("[audio]" if "audio" in kind else "[video]"), True
    pointer = text_in(part, "asset_pointer") or ""
    name = names.get(pointer.partition("://")[2])
    if name is None:
        name = text_in(fields_in(fields_in(part, "metadata"), "dalle"), "prompt")
    what = "image" if kind.startswith("image") else "file" if pointer else kind
    return (f"[{what}: {' '.join(name[:SHOWN_TEXT].split())}]" if name else f"[{what}]"), False


def _plain(content: Fields) -> str:
    kind = content.get("content_type")
    if isinstance(kind, str) and kind in PAGE:
        told = (text_in(content, name) for name in ("title", "url", "text"))
        return "\n".join(each for each in told if each)
    return text_in(content, *PLAIN) or ""


def _without_markers(text: str, message: Fields) -> str:
    if text.isascii():
        return text
    if "\ue200" in text:
        for reference in objects_in(fields_in(message, "metadata"), "content_references"):
            marker, shown = text_in(reference, "matched_text"), reference.get("alt")
            if marker and marker.startswith("\ue200"):
                text = text.replace(marker, shown if isinstance(shown, str) else "")
        text = MARKER.sub("", NAMED.sub(r"\1", text))
    return SOURCE.sub("", text) if "†" in text else text
