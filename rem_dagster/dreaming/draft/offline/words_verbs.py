# ruff: noqa: SIM905 (a table of words reads better as running text)
"""How do the verbs of notes and of commit subjects look in the past? (own compilation)"""

IRREGULAR: dict[str, str] = {
    "be": "was", "become": "became", "begin": "began", "break": "broke", "bring": "brought", "build": "built",
    "buy": "bought", "catch": "caught", "choose": "chose", "come": "came", "cut": "cut",
    "do": "did", "draw": "drew",
    "drive": "drove", "eat": "ate", "fall": "fell", "feel": "felt", "find": "found", "fly": "flew",
    "forget": "forgot",
    "get": "got", "give": "gave", "go": "went", "grow": "grew", "have": "had", "hear": "heard", "hide": "hid",
    "hit": "hit", "hold": "held", "keep": "kept", "know": "knew", "lead": "led",
    "learn": "learned", "leave": "left",
    "let": "let", "lose": "lost", "make": "made", "mean": "meant", "meet": "met", "pay": "paid", "put": "put",
    "read": "read", "rebuild": "rebuilt", "redo": "redid", "ride": "rode", "run": "ran",
    "say": "said", "see": "saw",
    "sell": "sold", "send": "sent", "set": "set", "shut": "shut", "sing": "sang", "sit": "sat",
    "sleep": "slept",
    "speak": "spoke", "spend": "spent", "split": "split", "stand": "stood", "swim": "swam", "take": "took",
    "teach": "taught", "tell": "told", "think": "thought", "throw": "threw", "understand": "understood",
    "undo": "undid", "wake": "woke", "wear": "wore", "win": "won", "write": "wrote", "rewrite": "rewrote",
    "overhaul": "overhauled", "sweep": "swept", "quit": "quit", "shrink": "shrank", "freeze": "froze",
}  # fmt: skip

REGULAR = frozenset(
    """abort accept add address adjust adopt align allow annotate append apply archive assert assign automate
    avoid backport bail batch bump cache call change check clarify clean clear close collapse combine
    commit compare compile complete compress configure connect consolidate convert copy correct cover
    create customise customize debug declare decode decouple default define delay delete deploy deprecate
    describe detect disable discard display document drop dump enable encode enforce enhance ensure escape
    exclude execute expand explain export expose extend extract factor filter finish fix flatten force
    format generate group guard handle harden hoist ignore implement import improve include increase index
    initialise initialize inline insert install integrate introduce invert isolate join launch limit link
    lint list load lock log lower map mark match measure mention merge migrate mock modernise modernize
    modify monkeypatch move mute name narrow normalise normalize note open optimise optimize order output
    override pack parallelise parallelize parse pass patch permit pin polish port prefer prepare preserve
    pretend prevent print promote propagate protect prototype provide prune publish pull push queue quote
    raise randomize rearrange rebase recommend record recover redirect reduce refactor refine refresh
    regenerate register reject relax release reload remove rename render reorder reorganise reorganize
    repair replace report require reset resize resolve respect restore restrict restructure retry return
    reuse revert review revise rework rotate round sanitise sanitize save scan separate serialise
    serialize serve share ship show silence simplify skip sort specify spell speed stabilise stabilize
    start stop store streamline strip style subclass support suppress swap switch sync tag test tidy
    allocate deallocate memoize delegate shard
    tighten tolerate track transform translate trigger trim truncate try tune tweak unify unpin update
    upgrade use utilise utilize validate verify visualize warn widen wire work wrap bulk complete re-apply
    adjust finalise finalize ban block bundle centre center concatenate crop document dedupe fill fetch
    hook linkify notify paginate persist pre-compute precompute re-enable re-export rebuild seed stub
    stream throttle visit walk call ask sketch train fail hand turn repeat attend book cancel clean climb
    cook cycle decide email enjoy finish hike invite paint phone plant play practise practice reply sign
    stay study submit talk visit volunteer walk watch record rank issue cap gate revoke hand await embed
    emit estimate evaluate expire fold invoke migrate quantise quantize shuffle sample score trace tune
    vary wait warn answer refuse count approve compute derive detach exit fire fork""".split()
)
DOUBLED = frozenset(
    """ban drop plan pin skip stop strip stub swap tag trim wrap log map unpin permit commit crop refer prefer
    scan prep slim step cap submit chat plot spot clip snap zip flag rub""".split()
)
"""Verbs that double their last letter in the past."""

AUXILIARY_THIRD: dict[str, str] = {
    "am": "is", "'m": "is", "have": "has", "'ve": "has", "do": "does", "don't": "doesn't",
    "haven't": "hasn't",
    "was": "was", "had": "had", "will": "will", "can": "can", "could": "could", "would": "would",
    "should": "should",
    "must": "must", "might": "might", "may": "may", "did": "did", "'ll": "will", "didn't": "didn't",
    "wasn't": "wasn't", "couldn't": "couldn't", "can't": "can't", "won't": "won't", "wouldn't": "wouldn't",
    "hadn't": "hadn't", "cannot": "cannot", "used": "used",
}  # fmt: skip
"""What follows "I", and what follows a name instead."""

AUXILIARIES = frozenset(
    """is are am was were be been has have had do does did will would can could should must may might ist
    sind war hat habe est sont a ai ont es son está fue ha he é são foi tem estava""".split()
)
"""Words that make a sentence of a phrase."""
PRESENT = frozenset(
    """agree appreciate believe bring buy carry collect come cook create design dream drive eat enjoy expect
    feel find finish get give go grow hate help hope keep know learn like listen live look love make mean
    meet miss need own paint plan play prefer read remember run say see sell sing spend start study swim
    take talk teach think travel try understand use volunteer wait walk want watch wish wonder work worry
    write""".split()
)
"""Verbs in the present after "I" whose third person is known to be regular."""


def past_of(verb: str) -> str | None:
    """The past of a known verb in its base form (lower case); None for other words."""
    if verb in IRREGULAR:
        return IRREGULAR[verb]
    return _regular_past(verb) if verb in REGULAR else None


def third_person_of(verb: str) -> str | None:
    """What a name takes where "I" took this verb; None where that is not certain."""
    if verb in AUXILIARY_THIRD:
        return AUXILIARY_THIRD[verb]
    if verb in PRESENT:
        return _with_s(verb)
    return verb if is_past(verb) else None


def is_past(word: str) -> bool:
    """Whether a lower-case word looks like a past form."""
    return word in PAST_FORMS or (word.endswith("ed") and len(word) > 4 and not word.endswith("eed"))


def gerund_of(verb: str) -> str | None:
    """The gerund of a known verb in its base form (lower case); None for other words.

    >>> gerund_of("print"), gerund_of("write"), gerund_of("stop")
    ('printing', 'writing', 'stopping')
    """
    if past_of(verb) is None:
        return None
    if verb in DOUBLED or verb in ("run", "set", "put", "cut", "get", "let", "hit", "win", "sit", "swim"):
        return f"{verb}{verb[-1]}ing"
    return f"{verb[:-1]}ing" if verb.endswith("e") and not verb.endswith(("ee", "ye")) else f"{verb}ing"


def _regular_past(verb: str) -> str:
    if verb in DOUBLED:
        return f"{verb}{verb[-1]}ed"
    if verb.endswith("e"):
        return f"{verb}d"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return f"{verb[:-1]}ied"
    return f"{verb}ed"


def _with_s(verb: str) -> str:
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return f"{verb[:-1]}ies"
    return f"{verb}es" if verb.endswith(("s", "sh", "ch", "x", "o")) else f"{verb}s"


PAST_FORMS = frozenset(IRREGULAR.values()) | {
    "written", "taken", "given", "seen", "known", "done", "gone", "broken", "chosen", "driven",
    "eaten", "fallen", "shown",
    "forgotten", "hidden", "ridden", "spoken", "worn", "drawn", "grown", "been", "thrown", "woken",
    "begun", "sung", "used",
}  # fmt: skip
