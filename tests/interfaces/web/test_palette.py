"""Can everything be read, in light and in dark, and does the stylesheet have the colours that are told?"""

import re

import pytest

from rem_dagster.interfaces.web.charts import SHAPES, kind_class, shape_of
from rem_dagster.interfaces.web.site import STATIC
from rem_dagster.recall import kinds

CSS = (STATIC / "journal.css").read_text(encoding="utf-8")
LIGHT, DARK = "light", "dark"
HEAT = [f"h{step}" for step in range(5)]


def palette(which: str) -> dict[str, str]:
    """The colours of the stylesheet by name."""
    rule = r":root\{(.*?)\}" if which == LIGHT else r":root\[data-theme=dark\]\{(.*?)\}"
    found = re.search(rule, CSS, flags=re.DOTALL)
    assert found is not None
    return dict(re.findall(r"--([\w-]+):(#[0-9a-f]{6})", found[1]))


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2), from 0 to 1."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1, the same, to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("which", [LIGHT, DARK])
def test_all_that_is_text_can_be_read_on_paper(which: str) -> None:
    colours = palette(which)
    types = [kind_class(name).removeprefix("k-") for name in kinds.WORDS]
    texts = ["ink", "soft", "accent", "warning", "own", *types]
    weak = {name: contrast(colours[name], colours["paper"]) for name in texts}
    assert {name: round(each, 2) for name, each in weak.items() if each < 4.5} == {}


@pytest.mark.parametrize("which", [LIGHT, DARK])
def test_ink_and_soft_text_can_be_read_on_a_wash_and_a_mark(which: str) -> None:
    colours = palette(which)
    assert contrast(colours["soft"], colours["wash"]) >= 4.5
    assert contrast(colours["ink"], colours["wash"]) >= 7
    assert contrast(colours["ink"], colours["mark"]) >= 7


@pytest.mark.parametrize("which", [LIGHT, DARK])
def test_each_step_of_heat_stands_further_from_the_paper(which: str) -> None:
    colours = palette(which)
    steps = [contrast(colours[name], colours["paper"]) for name in HEAT]
    assert steps == sorted(steps)
    assert steps[-1] > 4.5


def test_the_types_have_the_inks_that_pictures_and_terminals_know() -> None:
    light, dark = palette(LIGHT), palette(DARK)
    for name in kinds.WORDS:
        variable = kind_class(name).removeprefix("k-")
        assert light[variable] == kinds.INKS[name]
        assert dark[variable] == kinds.DARK_INKS[name]
        assert f".{kind_class(name)}{{--c:var(--{variable})}}" in CSS
    assert (light["own"], dark["own"]) == (kinds.INK_OF_OWN_TYPES, kinds.DARK_INK_OF_OWN_TYPES)
    assert (light["paper"], light["ink"], light["soft"]) == (kinds.PAPER, kinds.INK, kinds.SOFT)
    assert (dark["paper"], dark["ink"], dark["soft"]) == (kinds.DARK_PAPER, kinds.DARK_INK, kinds.DARK_SOFT)


def test_dark_is_the_same_by_the_system_and_by_choice() -> None:
    found = re.search(
        r"@media\(prefers-color-scheme:dark\)\{\s*:root:not\(\[data-theme=light\]\)\{(.*?)\}\s*\}",
        CSS,
        flags=re.DOTALL,
    )
    assert found is not None
    assert dict(re.findall(r"--([\w-]+):(#[0-9a-f]{6})", found[1])) == palette(DARK)
    assert palette(DARK).keys() == palette(LIGHT).keys()


def test_every_type_has_a_shape_of_its_own_and_a_word() -> None:
    assert SHAPES.keys() == kinds.WORDS.keys()
    assert len({*SHAPES.values(), shape_of("gardening")}) == len(kinds.WORDS) + 1
    assert kind_class("gardening") == kind_class("x y\"'>") == "k-own"


def test_the_stylesheet_is_short_and_loads_nothing() -> None:
    assert len(CSS.encode()) < 20_000
    assert "url(" not in CSS
    assert "@import" not in CSS
