"""How is a name written in other letters?

Łukasz = Lukasz     Müller = Mueller     Пётр = Pyotr = Petr     さくら = Sakura
"""

import re
import unicodedata
from functools import lru_cache

from rem_dagster.dreaming.spelling import fold

_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae", "œ": "oe"})
_CYRILLIC = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґў",
        [
            "a",
            "b",
            "v",
            "g",
            "d",
            "e",
            "zh",
            "z",
            "i",
            "i",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "h",
            "ts",
            "ch",
            "sh",
            "shch",
            "'",
            "i",
            "'",
            "e",
            "iu",
            "ia",
            "io",
            "i",
            "i",
            "ie",
            "g",
            "u",
        ],
        strict=True,
    )
)
_KANA = re.compile(r"(?:HIRAGANA|KATAKANA) LETTER (SMALL )?([A-Z]+)")
_HEPBURN = (("sh", "si"), ("ch", "ti"), ("ts", "tu"), ("j", "zi"), ("f", "hu"))
_SOUNDS = (
    *(("kh", "h"), ("ts", "c"), ("ck", "k"), ("ph", "f"), ("x", "ks"), ("w", "v")),
    *(("y", "i"), ("j", "i"), ("ie", "e"), ("'", "")),
)
_TWICE = re.compile(r"(.)\1+")


@lru_cache(maxsize=100_000)
def letter_forms(name: str) -> frozenset[str]:
    """The folded forms of a name in plain Latin letters, two where letters may be dropped or spelt out."""
    text = unicodedata.normalize("NFC", name).casefold()
    return frozenset({fold(name), fold(text.translate(_PLAIN)), fold(text.translate(_SPELT_OUT))} - {""})


@lru_cache(maxsize=100_000)
def is_latin(name: str) -> bool:
    """Whether all its letters are Latin."""
    return all("LATIN" in unicodedata.name(each, "") for each in name if each.isalpha())


@lru_cache(maxsize=100_000)
def sounds(name: str) -> frozenset[str]:
    """Roughly how a Latin, Cyrillic or kana name sounds: letters in which transliterations differ are one."""
    text = unicodedata.normalize("NFC", name).casefold()
    letters = [each for each in text if each.isalpha() or each == "ー"]
    if is_latin(name):
        plain = fold(name).replace(".", "")
        return frozenset({_sound(plain), _kunrei(plain)} - {""})
    if all(each in _CYRILLIC for each in letters):
        romans = "".join(_CYRILLIC[each] for each in letters)
        return frozenset({_sound(romans), _sound(romans.replace("io", "e"))})
    kana = [_KANA.match(unicodedata.name(each, "")) for each in letters if each != "ー"]
    if kana and all(kana):
        return frozenset({_twice("".join(found[2].lower() for found in kana if found and not found[1]))})
    return frozenset()


def _sound(latin: str) -> str:
    for written, heard in _SOUNDS:
        latin = latin.replace(written, heard)
    return _twice(latin)


def _kunrei(latin: str) -> str:
    """The Japanese syllables of a romanised name as Unicode names them: `shi` is `si`."""
    for written, heard in _HEPBURN:
        latin = latin.replace(written + heard[1], heard)
    return _twice(latin.replace("ou", "o"))


def _twice(text: str) -> str:
    return _TWICE.sub(r"\1", text)
