# ruff: noqa: SIM905 (a table of words reads better as running text)
"""Which English words say little in a chat or a note? (own compilation)

They may stand in a sentence but never make a title, a tag or a reason to pick a sentence.
"""

GREETINGS = frozenset(
    """aww ahh awesome bro bye cheers congrats congratulations cool damn definitely exactly goodbye gosh
    great haha hello hey hi hmm indeed lol man mate nice nope oh ok okay omg ooh please really right sorry
    sure thank thanks totally true ugh wow yay yeah yep yes yo yup well absolutely agreed awe hiya guys
    dude buddy alright""".split()
)
"""Words that open a message and mean no more than "I heard you"."""

CHATTER = GREETINGS | frozenset(
    """able absolute act add added admire adorable advice again agree ahead alive along always amaze amazed
    amazing appreciate appreciated ask asked asking aspect atmosphere attitude awe awesome bad bet best
    better big bit blast bless blessed blessing bond boost breathtaking brilliant bring brings bunch busy
    call care catch cause chance change changed chat check chill clear close come comes comfort
    comfortable comforting common connect connected connection cool couple course crazy create crucial
    curious cute date day days deal dear decide deep deeply deserve difference different difficult dream
    dreams easy effort embrace encourage encouragement encouraging end enjoy enjoyed enjoying enough
    especially essential eventually every everyday exact excellent exchange excited excitement exciting
    expect experience experiences express extra face fact fantastic far fast favorite favourite feel
    feeling feelings feels fell felt fill find finding fine fit focus folk folks follow forget forward
    found free friend friends full fun funny future general gets giving glad goal goals god good gorgeous
    grateful gratitude great growth guess guy guys half hand handle hang happen happened happening happens
    happiness happy hard having head hear heard heart heartwarming help helped helpful helping helps hey
    high hit hold honest hope hopefully hoping hour hours huge idea ideas impact impactful impress
    impressed impressive incredible information insight inspiration inspire inspired inspires inspiring
    interest interested interesting issue item joy joyful journey kid kind kindness knew know knowing
    known laugh lead learn learned learning leave left let letting level life light line listen little
    live lives living long look looked looking looks lose lost love loved lovely loves loving luck lucky
    main major manage matter matters mean meaning meaningful means meant meet mention might mind minute
    miss moment moments month months mood morning motivate motivated motivation move moving name nearly
    need needed needs new news nice night normal note number offer old open opinion opportunity option
    order pace part particular party passion passionate past path peace peaceful people perfect person
    perspective phone photo photos pic pics picture place places plan planning plans plenty plus point
    posted positive possible power powerful practice present pretty pride problem process progress proud
    provide pumped push question quick quickly quiet raise ready real realize reason recent recently
    recommend relax relaxing remember remind reminded reminder reminds rest right rock role room rough run
    safe said saw say saying says scene see seeing seem sense sent serious set share shared sharing show
    showed shows side sign similar simple simply situation small smile smiles someday son soon sort sound
    sounds space special spend spent spirit spot spread stand start started starting state stay step stick
    stoked stop story stories strength stress strong struggle stuff stunning stuck success suggestion
    super support supporting supportive suppose surprise surprised sweet talk talked talking task tell
    telling terrific test thankful thing things think thinking thought thoughts thrilled time times tip
    tips today tomorrow tonight top total touch tough treasure tried true truly trust try trying turn
    turned type understand understanding unique update updates useful usual valuable value vibe vibes view
    views wait waiting walk wanted wants warm watch week weekend weekends weeks welcome willing wish
    wishes woman wonder wonderful word words work worked working works world worry worth wow write wrong
    year years yesterday yummy minutes guide sounds keep kept goes whole takes took taking second third
    bring brought feel truth tons ton gave gives monday tuesday wednesday thursday friday saturday sunday
    january february march april june july august september october november december afternoon evening
    noon hooked hype hook happier fam y'all til wondering kids keeping amount multiple various certain
    actual bits pretty shows asks says say image photography two three four five six seven eight nine ten
    twenty thirty hundred thousand dozen first once twice fourth fifth gb mb kb ms refs closes closed ref
    see via fix fixes added gives keeps owns sends leaves bit mid ago am pm default following leaving
    using being larger smaller later earlier open done due half ok fine whole opposite""".split()
)
"""Frequent words of talk and of small talk; they weigh a quarter of another word."""
