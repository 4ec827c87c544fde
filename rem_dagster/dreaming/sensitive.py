"""Does a claim tell of somebody's health, belief, politics, sexuality or character what nobody said?

By a closed list: English well, six other languages lightly. A word of it passes only where a person's own
input has a word of the same line, so that saying `ill` for `flu` is a retelling and for `tired` a guess.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

CONCEPTS: dict[str, tuple[str, ...]] = {
    "health": (
        "ill illness* sick sickness* unwell disease* krank* erkrank* malade* enferm* doente* doença*"
        " malat* ziek* < flu fever cough* nausea* vomit* throw* cold virus* infect* covid* hospital*"
        " doctor* pain* headache* migraine* grippe gripe fieber fièvre fiebre febre febbre koorts",
        "depress* depressiv* antidepress* deprim* déprim* dépress* depresi* depresión < low hopeless*",
        "anxiety angststörung* anxiété ansiedad ansiedade ansia < anxi* worr* nervous* stress* afraid"
        " scared fear* panic* angst* sorge* inquiet* preocup*",
        "burnout burn-out burned-out < burned burnt exhaust* overwork* ausgebrannt",
        "adhd autis* asperger* bipolar schizophren* psychosis psychotic ptsd dyslexi* neurodiver* adhs tdah",
        "traumatized traumatised traumatic < trauma* ptsd accident* abus*",
        "suicid* self-harm* selbstmord* suizid* < kill* die dying harm*",
        "addict addicted addiction addictions alcoholi* süchtig* drogue drogad* viciad* dipendente"
        " verslaafd* < addict* drink* drunk* sober* rehab* drug* gambl* alcohol* sucht*",
        "anorex* bulimi* eating-disorder* < eating",
        "cancer* tumor tumors tumour* leukemia leukaemia chemo chemotherap* oncolog* krebskrank* cáncer"
        " câncer cancro tumore kanker",
        "diabet* insulin < sugar zucker",
        "epilep* seizures",
        "asthma* asma asthme",
        "hiv",
        "dementia alzheimer* demenz démence demencia",
        "infertil* miscarr* unfruchtbar* < ivf fertil*",
        "pregnan* schwanger* embarazada grávida incinta zwanger < expecting baby babies due birth*",
        "obes* overweight übergewicht* < weight fat heavy kilo* diet*",
        "disability disabilities handicapped wheelchair* behindert* discapacit* deficiên* < disab*",
        "psychotherap* psychiatr* psychiater therapist therapists < therap* counsel* psycholog* shrink",
        "medication medications antidepressant* < medic* meds pill* drug* prescri* tablet*",
        "insomnia* schlaflos* < sleep* slept awake",
    ),
    "belief": (
        "religio* devout pious believer believers churchgo* gläubig* croyant* creyente* crente* credente*"
        " gelovig* < church* mosque* synagog* temple* god faith* pray* bible quran torah mass christian*"
        " catholic* muslim* islam* jew* jüdisch* hindu* buddh* gott* kirche* dieu dios iglesia* deus",
        "christian christians christianity evangelical* protestant* christlich* cristian* < church* jesus"
        " christ bible baptis*",
        "catholic* katholi* catholique* católic* cattolic* < pope mass",
        "mormon* lds",
        "muslim* islam* muselman* musulm* muçulm* moslim* < mosque* quran koran ramadan allah eid",
        "jew jews jewish judaism jude juden jüdisch* juif juive juifs judío* judía* judeu* ebreo ebrea ebrei"
        " joods < synagog* torah shabbat sabbath hanukkah kosher rabbi*",
        "hindu* < diwali",
        "buddhis* bouddhis* budis* boeddhis* < buddha*",
        "sikh* < gurdwara*",
        "atheis* athée* ateo atea ateu ateïst* < god religio*",
    ),
    "politics": (
        "republican republicans < gop trump",
        "democrats < democrat* biden",
        "left-wing leftist leftists linksradikal* < left",
        "right-wing rightist rightists rechtsradikal* rechtsextrem* far-right < right afd",
        "socialist* communis* marxis* sozialist* kommunist* comunis* < socialis* communis* marx*",
        "fascis* nazi nazis faschis* neonazi*",
        "anarchist* libertarian*",
        "feminist* feminism*",
    ),
    "sexuality": (
        "gay lesbian* homosexual* homosexuel* omosessual* queer lgbt* schwul schwule* lesbisch*"
        " < gays pride out",
        "bisexual* asexual* heterosexual* polyamor*",
        "transgender* transsexual* nonbinary < trans transition* non-binary gender*",
        "sexuality sexually sexual < sex",
        "closeted < closet gay lesbian* out",
    ),
    "character": (
        "lazy lazily laziness faulheit paresseu* perezos* preguiços* pigro pigra < idle*",
        "selfish* egoist* egotis* egoïst* égoïst* narcissis* self-centered self-centred",
        "arrogan* conceited überheblich*",
        "dishonest* liar liars untrustworthy lügner* < lie lies lied lying honest* cheat*",
        "stupid* idiotic idiot idiots dumb incompeten* < fool* silly",
        "manipulative gaslight* < manipulat*",
        "neurotic* paranoi* hypochondri*",
        "introvert* extrovert* extravert* introvertiert*",
        "immature* childish* irresponsib* kindisch* < mature* responsib*",
        "jealous* envious eifersüchtig* jaloux jalouse celoso celosa ciumento* geloso gelosa jaloers*"
        " < envy envi* jealous*",
        "stubborn* obstinat* < insist* refus*",
        "hot-tempered bad-tempered short-tempered < temper* angry",
        "coward* feige* < brave* afraid",
        "promiscuous abusive < abus*",
    ),
}
"""For each topic the concepts: words that claims are held back for, and after `<` more that bear them out.

`*` stands for any ending. Words that software uses in another sense are left out: `insecure`, `disabled`.
"""


def guessed_in(claim: str, stated: Sequence[str]) -> tuple[str, str] | None:
    """The first topic and word of a claim that none of the texts which people stated bears out, or None."""
    said: list[str] = []
    for topic, number, word in _found(_folded(claim)):
        said = said or [_folded(each) for each in stated]
        if not any(map(_bearing(topic, number).search, said)):
            return topic, word
    return None


def _found(text: str) -> Iterator[tuple[str, int, str]]:
    pattern, concepts = _held()
    for match in pattern.finditer(text):
        topic, number = concepts[str(match.lastgroup)]
        yield topic, number, match.group()


@lru_cache(maxsize=1)
def _held() -> tuple[re.Pattern[str], dict[str, tuple[str, int]]]:
    """One pattern for all words that claims are held back for; its groups tell the concepts."""
    concepts = {
        f"{topic}_{number}": (topic, number)
        for topic, lines in CONCEPTS.items()
        for number in range(len(lines))
    }
    parts = [
        f"(?P<{group}>{_any_of(CONCEPTS[topic][number].partition('<')[0])})"
        for group, (topic, number) in concepts.items()
    ]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(parts)})(?![\w])"), concepts


@lru_cache(maxsize=128)
def _bearing(topic: str, number: int) -> re.Pattern[str]:
    """The words that bear a concept out."""
    return re.compile(rf"(?<!\w)(?:{_any_of(CONCEPTS[topic][number].replace('<', ' '))})(?!\w)")


def _any_of(words: str) -> str:
    each = (re.escape(word).replace(r"\*", r"\w*").replace(r"\-", "[- ]") for word in words.split())
    return "|".join(sorted(each, key=len, reverse=True))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
