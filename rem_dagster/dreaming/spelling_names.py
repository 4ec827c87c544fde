"""By which short names, titles and initials are people known?

Robert Lee   : Bob, Rob            nicknames, of a table
Ana Souza    : A. Souza            initials
Eva Keller   : Dr. Keller, Keller  title, surname
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from rem_dagster.dreaming.spelling import MOST_NAMES, TITLES, fold

_NICKNAMES = """
abigail: abby gail | adelaide: addie | albert: al bert bertie | alejandro: alex | alexander: alex al
xander sasha lex | alexandra: alex sasha sandra lexi | alexei: alyosha lyosha | alfred: alf fred alfie |
alice: ally allison: ally | amanda: mandy | anastasia: nastya ana stacy | andrea: andi | andreas: andi |
andrew: andy drew angela: angie | anna: annie anya | anne: annie nan | anthony: tony ant | antonia: toni
| antonio: toni tony toño | archibald: archie | arthur: art artie | augustus: gus | barbara: barb babs
barbie | bartholomew: bart beatrice: bea trixie | benjamin: ben benny benji | bernard: bernie | bradley:
brad | caroline: carol carrie catherine: cathy cat kate katie kitty | cecilia: cece | charles: charlie
chuck chas | charlotte: lottie charlie christian: chris | christina: chris tina chrissy | christine:
chris tina | christopher: chris kit topher clifford: cliff | cornelius: neil | cynthia: cindy | daniel:
dan danny | danielle: dani | david: dave davy deborah: deb debbie | dennis: denny | dmitri: dima mitya |
donald: don donnie | dorothy: dot dottie dolly douglas: doug | edmund: ed ned | eduardo: edu | edward:
ed eddie ned ted teddy | edwin: ed | eleanor: ellie nell nora | elizabeth: liz lizzie lizzy beth betty
eliza lisa libby bess elsie | emily: em emmy | emma: em ernest: ernie | eugene: gene | evelyn: evie |
ekaterina: katya | florence: flo | francesca: fran | frances: fran francis: frank fran | francisco: paco
pancho chico kiko | franklin: frank | frederick: fred freddie fritz friedrich: fritz | gabriel: gabe |
gabriela: gabi | gareth: gaz | geoffrey: geoff jeff | george: georgie gerald: gerry jerry | gilbert: gil
| gregory: greg | guadalupe: lupe | gustavo: gus | hannah: hanna | harold: hal harry | harriet: hattie |
helena: lena | henry: harry hank hal | herbert: herb bert | howard: howie | hubert: bert | hugh: huey |
ignacio: nacho | irene: renie | isabel: isa bella | isabella: bella izzy | jacob: jake jacqueline:
jackie | james: jim jimmy jamie | janet: jan | jason: jay | jean: jeannie | jeffrey: jeff | jennifer:
jen jenny | jeremy: jem | jessica: jess jessie | joanna: jo joey | johannes: hans johann | john: jack
johnny jon | jonathan: jon jonny nathan | joseph: joe joey | josefa: pepa | josé: pepe zé zeca |
josephine: jo josie | joshua: josh | judith: judy | juliana: juli | julian: jules | justin: jus |
katherine: kate kathy katie kat kitty kay | kathleen: kathy kate | kenneth: ken kenny | kimberly: kim |
konstantin: kostya | lawrence: larry laurie | leonard: len lenny leo | leonardo: leo | lillian: lil lily
| louis: lou louie | lucia: luci | ludwig: lutz | luiz: luizinho | madeleine: maddie | manuel: manolo
manu mané | margaret: maggie meg peggy marge margie greta madge daisy | maria: mia | marianne: mari |
martin: marty | martha: marty | matthew: matt matty | maurice: mo | maximilian: max | megan: meg |
melanie: mel | melissa: mel lissa | michael: mike mick mickey mikey | michelle: shelly | miguel: mike
migue | mikhail: misha | mildred: millie | milton: milt | miranda: mandy | mohammed: mo | mortimer: mort
| nancy: nan | natalia: natasha nat | natalie: nat | nathan: nate | nathaniel: nate nat nathan nicholas:
nick nicky | nicole: nicky | nikolai: kolya | norman: norm | olivia: liv livvy | oliver: ollie | pamela:
pam | patricia: pat patty trish tricia | patrick: pat paddy | pavel: pasha | percival: percy | peter:
pete | philip: phil | priscilla: cilla | rachel: rae | ramona: mona | randolph: randy | raymond: ray |
rebecca: becky becca | reginald: reg reggie | richard: rick ricky dick rich richie | robert: bob bobby
rob robbie bert | roberto: beto | roderick: rod | rodney: rod | ronald: ron ronnie | rosemary: rosie
rose | russell: russ | rupert: rupe | salvatore: sal | samantha: sam sammy | samuel: sam sammy | sarah:
sally sadie | sebastian: seb bastian | sergei: seryozha | sigmund: sigi | simone: sim | solomon: sol |
stanley: stan | stephanie: steph | stephen: steve stevie | steven: steve stevie | stuart: stu | susan:
sue susie suzy | suzanne: sue suzy | sylvester: sly | tamara: toma | tatiana: tanya | terence: terry |
teresa: terry tess tere | thaddeus: tad | theodore: ted teddy theo | theodora: dora thea | theresa:
terry tess | thomas: tom tommy | timothy: tim timmy | tobias: toby tobi | ulrich: uli | valentina: val |
vanessa: nessa | veronica: ronnie | victor: vic | victoria: vicky tori | vincent: vince vinnie | viktor:
vitya | vladimir: vova volodya | walter: walt wally | wilhelm: willi wilfred: wilf fred | william: bill
billy will willie liam | winifred: winnie fred | xavier: xavi | yekaterina: katya | yevgeny: zhenya |
zachary: zach zack
"""
GENERATIONS = frozenset("jr sr junior senior filho neto ii iii iv".split())  # noqa: SIM905
"""What tells a son from his father."""


def _nicknames() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    formal = ""
    for word in _NICKNAMES.replace("|", " ").split():
        if word.endswith(":"):
            formal = fold(word[:-1])
        else:
            found.setdefault(formal, set()).add(fold(word))
    return {name: frozenset(short) for name, short in found.items()}


NICKNAMES = _nicknames()
"""Folded first name -> the folded names by which those are called who have it."""
_FORMAL: dict[str, set[str]] = {}
for _formal, _shorts in NICKNAMES.items():
    for _short in _shorts:
        _FORMAL.setdefault(_short, set()).add(_formal)
_WORD = re.compile(r"[^\W\d_][\w'’-]*\.?")
_INITIAL = re.compile(r"[^\W\d_]\.?")


@lru_cache(maxsize=100_000)
def parts_of(person: str) -> tuple[str, ...]:
    """The words of a person's name, the first name first: `Souza, Ana` as `Ana Souza`, `@ana` as `ana`."""
    last, comma, first = person.strip().lstrip("@").partition(",")
    if comma and len(last.split()) == 1 and 0 < len(first.split()) < MOST_NAMES and not _is_generation(first):
        return (*first.split(), last.strip())
    return tuple(person.strip().lstrip("@").replace(",", " ").split())


@lru_cache(maxsize=100_000)
def full_name(person: str) -> tuple[str, ...]:
    """The folded words of a name that has a first name and a surname, both written out; else nothing."""
    words = parts_of(person)
    if not 2 <= len(words) <= MOST_NAMES or not all(map(_WORD.fullmatch, words)):
        return ()
    folded = tuple(map(fold, words))
    is_short = _INITIAL.fullmatch(words[0]) or _INITIAL.fullmatch(words[-1])
    if is_short or folded[0].rstrip(".") in TITLES or _is_generation(words[-1]):
        return ()
    return folded


@lru_cache(maxsize=100_000)
def called(person: str) -> frozenset[str]:
    """The full names that a full name may be short for, itself among them: `bob lee`, `robert lee`."""
    words = full_name(person)
    if not words:
        return frozenset()
    firsts = {words[0], *_FORMAL.get(words[0], ())}
    return frozenset(f"{first} {words[-1]}" for first in firsts)


@lru_cache(maxsize=100_000)
def short_names(person: str) -> frozenset[str]:
    """What somebody with a full name may be called: a nickname, an initial with the surname, the surname."""
    words = full_name(person)
    if not words:
        return frozenset()
    return frozenset(
        {*NICKNAMES.get(words[0], ()), f"{words[0][0]}. {words[-1]}", words[-1]} - {words[0], ""}
    )


@lru_cache(maxsize=100_000)
def short_name(person: str) -> str | None:
    """What a name that is no full name is, among what `short_names` gives; None where it is none of these."""
    words = parts_of(person)
    if len(words) == 1:
        return fold(words[0]) if _WORD.fullmatch(words[0]) else None
    if len(words) != 2 or not all(map(_WORD.fullmatch, words)) or _is_generation(words[1]):
        return None
    if fold(words[0]).rstrip(".") in TITLES:
        return fold(words[1])
    return f"{fold(words[0])[0]}. {fold(words[1])}" if _INITIAL.fullmatch(words[0]) else None


def are_nicknames(one: str, other: str) -> bool:
    """Whether a first name in one of two names is a nickname of one in the other."""
    return any(
        short in NICKNAMES.get(full, ())
        for first, second in ((one, other), (other, one))
        for short, full in _pairs(parts_of(first)[:1], parts_of(second)[:1])
    )


def _pairs(shorts: tuple[str, ...], fulls: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    return ((fold(short), fold(full)) for short in shorts for full in fulls)


def _is_generation(word: str) -> bool:
    return fold(word.strip()).rstrip(".") in GENERATIONS
