"""Which names of the same days are forms of one name, and what must speak for it beside the names?

                    names alone                 and the same kind        and the same company
    any             Łukasz = Lukasz, v0.64      Vue.js = Vue             HNSW : Hierarchical …
    person          Souza, Ana = Ana Souza                               Bob Lee = Robert Lee
    thing           k8s = Kubernetes            Acme Inc. = Acme         Kubernets ~ Kubernetes

Same company: two entities beside both, or one in the same conversation; and no message names both.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from rem_dagster.dreaming.sameness_seen import ANY_KIND, Named, Seen, Window
from rem_dagster.dreaming.spelling import fold
from rem_dagster.dreaming.spelling_forms import (
    initials,
    is_initialism,
    is_numeronym,
    is_slip,
    numeronym,
    organization,
    project,
    shorn,
    usual_name,
    versioned,
    without_ending,
)
from rem_dagster.dreaming.spelling_names import called, full_name, parts_of
from rem_dagster.dreaming.spelling_scripts import is_latin, letter_forms, sounds

FormRule = Literal["letters", "form", "usual", "nickname", "initials", "slip"]
MOST_SLIPS = 2
"""How often a name with a slip in it is named: one that comes again is meant."""
TIMES_OF_NAME = 3
"""How much oftener the name itself must be named."""
SURELY_COUNTED = 8
"""Letters from which few words begin, end and are as long as one."""
SURELY_LONG = 4
"""Letters from which a usual short name stands for nothing else."""


@dataclass(frozen=True)
class Pairing:
    """Two mentions that share a key, and the days that are looked at."""

    one: Named
    other: Named
    seen: Seen
    window: Window

    @property
    def agree(self) -> bool:
        """Whether their kinds do not part them."""
        return self.seen.agree(self.one, self.other, self.window)

    @property
    def share_kind(self) -> bool:
        """Whether they are of one kind that means something."""
        return bool(self.seen.share_kind(self.one, self.other, self.window))

    @property
    def are_people(self) -> bool:
        """Whether both are people."""
        return self.seen.are_people(self.one, self.other, window=self.window)

    @property
    def are_in_touch(self) -> bool:
        """Whether they share a conversation, or company."""
        return self.seen.are_in_touch(self.one, self.other, self.window)

    @property
    def are_near(self) -> bool:
        """Whether the days speak for it too."""
        return self.seen.are_near(self.one, self.other, self.window)

    @property
    def are_met(self) -> bool:
        """Whether one moment has both: two people with their full names are then two."""
        return self.seen.are_met(self.one, self.other, self.window)

    def is_bare(self, bare: Callable[[str], str]) -> bool:
        """Whether one of the names is what is left of the other without something."""
        return any(fold(each.name) == bare(each.name) for each in (self.one, self.other))


def keys_of(one: Named) -> Iterator[str]:
    """The keys by which a mention may meet other forms of its name, each with its kind of form in front."""
    name, folded = one.name, fold(one.name)
    keys = [f"letters {each}" for each in letter_forms(name) if each != folded or name.isascii()]
    keys += [f"version {versioned(name)}"]
    keys += [f"counted {folded if is_numeronym(name) else numeronym(name)}"]
    keys += [f"initials {folded if is_initialism(name) else initials(name)}"]
    if one.kind not in ANY_KIND:
        keys += [f"usual {usual_name(name)}", *(f"slip {each}" for each in shorn(name))]
    if one.kind == "organization":
        keys += [f"organization {organization(name)}"]
    if one.kind in ("project", "tool"):
        keys += [f"project {project(name)}", f"ending {without_ending(name)}"]
    if one.kind == "person":
        keys += [f"person {fold(''.join(parts_of(name)))}", *(f"called {each}" for each in called(name))]
        keys += [f"ends {words[0]} {words[-1]}"] if (words := full_name(name)) else []
    if one.kind in ("person", "place", "organization"):
        keys += [f"sound {each}" for each in sounds(name)]
    yield from (key for key in keys if key.partition(" ")[2])


def rule_of(key: str, pairing: Pairing) -> FormRule | None:
    """The rule by which two that share a key are one; None where something is missing."""
    rule, holds = _FORMS[key.partition(" ")[0]]
    return rule if holds(pairing) else None


def is_owned(key: str) -> bool:
    """Whether what has the key must be the only one that has: `Brandt` may be Brandt GmbH or Brandt AG."""
    return key.startswith(("counted ", "initials ", "organization ", "project ", "ending "))


def _is_usual(pairing: Pairing) -> bool:
    is_short = min(len(fold(pairing.one.name)), len(fold(pairing.other.name))) < SURELY_LONG
    return pairing.share_kind and (not is_short or pairing.are_near)


def _is_counted(pairing: Pairing) -> bool:
    longest = max(len(fold(each.name)) for each in (pairing.one, pairing.other))
    differ = is_numeronym(pairing.one.name) != is_numeronym(pairing.other.name)
    return differ and pairing.agree and (longest >= SURELY_COUNTED or pairing.are_near)


def _are_initials(pairing: Pairing) -> bool:
    differ = is_initialism(pairing.one.name) != is_initialism(pairing.other.name)
    return differ and pairing.agree and pairing.are_near


def _sound_alike(pairing: Pairing) -> bool:
    differ = is_latin(pairing.one.name) != is_latin(pairing.other.name)
    is_whole = len(pairing.one.name.split()) > 1 or not pairing.are_people
    return differ and pairing.share_kind and (is_whole or pairing.are_in_touch)


def _is_reordered(pairing: Pairing) -> bool:
    is_handle = any(each.name.startswith("@") for each in (pairing.one, pairing.other))
    return pairing.are_people and (not is_handle or pairing.are_in_touch)


def _are_two_full_names(pairing: Pairing) -> bool:
    return pairing.are_people and pairing.are_near and not pairing.are_met


def _is_slip(pairing: Pairing) -> bool:
    one, other = sorted(
        (pairing.one, pairing.other), key=lambda each: pairing.seen.count(each, pairing.window)
    )
    rare, often = (pairing.seen.count(each, pairing.window) for each in (one, other))
    return (
        rare <= MOST_SLIPS
        and often >= TIMES_OF_NAME * rare
        and is_slip(one.name, other.name, may_swap=not pairing.are_people)
        and pairing.share_kind
        and pairing.are_near
        and not (pairing.are_people and pairing.are_met)
    )


_FORMS: Mapping[str, tuple[FormRule, Callable[[Pairing], bool]]] = {
    "letters": ("letters", lambda pairing: pairing.agree),
    "sound": ("letters", _sound_alike),
    "version": ("form", lambda pairing: pairing.agree),
    "organization": ("form", lambda pairing: pairing.share_kind and pairing.is_bare(organization)),
    "project": ("form", lambda pairing: pairing.share_kind and pairing.is_bare(project)),
    "ending": (
        "form",
        lambda pairing: pairing.share_kind and pairing.is_bare(without_ending) and pairing.are_near,
    ),
    "person": ("form", _is_reordered),
    "ends": ("form", _are_two_full_names),
    "usual": ("usual", _is_usual),
    "counted": ("usual", _is_counted),
    "called": ("nickname", _are_two_full_names),
    "initials": ("initials", _are_initials),
    "slip": ("slip", _is_slip),
}
