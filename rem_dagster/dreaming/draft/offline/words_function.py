# ruff: noqa: SIM905 (a table of words reads better as running text)
"""Which words carry no topic? Function words of five languages (own compilation)."""

ENGLISH = frozenset(
    """a about above across actually after again against ago ain't all almost along already also although
    always am among an and another any anybody anyone anything anyway are aren't around as at away back be
    became because become been before behind being below beside besides between both but by came can can't
    cannot cause come could couldn't did didn't do does doesn't doing don't done down during each either
    else enough even ever every everybody everyone everything few for from front further get gets getting
    give given go goes going gone gonna got gotta had hadn't has hasn't have haven't having he he's hence
    her here here's hers herself him himself his how how's however i i'd i'll i'm i've if in indeed inside
    instead into is isn't it it'll it's its itself just keep kept kind kinda last least less let let's
    like likely lot lots made make makes making many may maybe me might mine more most much must my myself
    near need neither never next no nobody none nor not nothing now of off often oh on once one ones only
    onto or other others our ours ourselves out outside over own per perhaps put quite rather re really
    same seem seems seen she she's should shouldn't since so some somebody someone something sometimes
    somewhere soon still such sure take taken than that that'd that'll that's the their theirs them
    themselves then there there's these they they'd they'll they're they've this those though through
    throughout thus till to together too toward towards under unless until up upon us use used using
    usually very via wanna want was wasn't way we we'd we'll we're we've well went were weren't what
    what's whatever when whenever where wherever whether which while who who's whole whom whose why will
    with within without won't would wouldn't yes yet you you'd you'll you're you've your yours
    yourself""".split()
)
GERMAN = frozenset(
    """aber alle allem allen aller alles als also am an ander andere anderen auch auf aus bei beim bin bis
    bist da dadurch daher damit dann darauf das dass daß dein deine dem den denn der des dessen die dies
    diese diesem diesen dieser dieses doch dort du durch ein eine einem einen einer eines er es etwas euch
    euer für gegen gewesen hab habe haben hat hatte hatten hier hin hinter ich ihm ihn ihnen ihr ihre
    ihrem ihren im immer in ins ist ja jede jedem jeden jeder jedes jetzt kann kein keine können könnte
    machen man mehr mein meine meinem meinen mich mir mit muss müssen nach nicht nichts noch nun nur ob
    oder ohne sehr sein seine seinem seinen seit selbst sich sie sind so solche soll sollte sondern sonst
    über um und uns unser unter viel vom von vor war waren warum was weg weil wenn wer werde werden wie
    wieder will wir wird wirst wo wollen wurde wurden würde zu zum zur zwischen heute gestern morgen schon
    ganz gut""".split()
)
FRENCH = frozenset(
    """a ai aie ainsi alors au aucun aussi autre aux avait avant avec avoir avons ayant beaucoup bien c'est
    ce cela celle ces cet cette ceux chaque chez comme comment dans de depuis des donc dont du elle elles
    en encore entre es est et eu être était étaient été fait faire fois font hors il ils j'ai je jusque
    l'a la le les leur leurs lui là ma mais me mes moi moins mon même ne nos notre nous on ont ou où par
    parce pas pendant peu peut plus pour pourquoi quand que quel quelle qui sa sans se sera ses si son
    sont sous suis sur ta te tes toi ton tous tout toute toutes très trop tu un une vers vos votre vous y
    à hier demain aujourd'hui""".split()
)
SPANISH = frozenset(
    """a al algo algunas algunos ante antes aquí así aunque bien cada como con contra cual cuando de del
    desde donde dos durante e el ella ellas ellos en entre era eran es esa ese eso esta estaba están estar
    este esto estos estoy fue fueron ha había hace hacer han hasta hay he hemos hoy la las le les lo los
    más me mi mis mucho muy nada ni no nos nosotros nuestra nuestro o os otra otro para pero poco por
    porque que qué quien se sea ser será si sí sin sobre son soy su sus también tan tanto te tener tengo
    tiene todo todos tu tus un una uno unos usted va y ya yo ayer mañana ahora""".split()
)
PORTUGUESE = frozenset(
    """a ao aos aquela aquele aqui as assim até com como da das de dela dele depois do dos e ela elas ele
    eles em entre era essa esse esta está estava este estou eu foi foram fui há isso isto já lhe mais mas
    me mesmo meu minha muito na nas nem no nos nossa nosso não nós o os ou para pela pelo por porque qual
    quando que quem se seja sem ser será seu sua são só também te tem tenho ter teu tudo um uma umas uns
    você vocês vou às é ontem hoje amanhã fazer""".split()
)

FUNCTION_WORDS: dict[str, frozenset[str]] = {
    "en": ENGLISH,
    "de": GERMAN,
    "fr": FRENCH,
    "es": SPANISH,
    "pt": PORTUGUESE,
}
