"""Which words say nothing, and which say the same although their stems differ?"""

_FUNCTION_WORDS = """
    a an and are as at be been being but by did do does doing done for from had has have having he her hers
    him his i if in into is it its me mine my myself no nor not of off on or our ours out over own she so
    than that the their theirs them then there these they this those through to too under until up us was
    we were while with you your yours am about above after again against before below between both during
    who whom whose which what when where why how also
"""
STOP_WORDS = frozenset(_FUNCTION_WORDS.split())
"""Function words and question words; a question is asked in them, an answer is not."""

_SAME = """
    go goes went gone | buy bought purchase | see saw seen | take took taken | get got gotten
    give gave given
    make made | find found | feel felt | think thought | teach taught | meet met | tell told | say said
    write wrote written | know knew known | begin began begun | speak spoke spoken | lose lost | win won
    build built | grow grew grown | hold held | keep kept | leave left | lead led | run ran | sing sang sung
    swim swam swum | draw drew drawn | drive drove driven | eat ate eaten | fall fell fallen | fly flew flown
    forget forgot forgotten | hear heard | send sent | sell sold | spend spent | stand stood | wear wore worn
    break broke broken | bring brought | catch caught | choose chose chosen | come came | become became
    fight fought | hang hung | hide hid hidden | lay laid | lend lent | pay paid | ride rode ridden
    rise rose risen | shoot shot | show showed shown | sleep slept | steal stole stolen | strike struck
    throw threw thrown | understand understood | wake woke woken | bind bound | bite bit bitten
    blow blew blown | deal dealt | dig dug | drink drank drunk | feed fed | freeze froze frozen | shake shook
    shine shone | sit sat | stick stuck | swear swore sworn | sweep swept | tear tore torn | mean meant
    learn learnt | dream dreamt | burn burnt | plan planned planning | study studied studies
    child children kid kids | person people | man men | woman women | wife wives | life lives | foot feet
    tooth teeth | mouse mice | knife knives | leaf leaves | half halves | index indices indexes
    mom mum mother mama | dad father papa | grandma grandmother granny | grandpa grandfather
    photo photograph picture pic | movie film | dog puppy pup | cat kitten | bike bicycle cycle
    tv television telly | phone telephone cellphone | car automobile | doctor physician | email mail
    holiday vacation | apartment flat | job occupation | illness sickness disease | repository repo
    database db | documentation docs | config configuration | app application | bug defect
    2 two | 3 three | 4 four | 5 five | 6 six | 7 seven | 8 eight | 9 nine | 10 ten | 11 eleven | 12 twelve
"""
SAME_AS: dict[str, str] = {
    word: group.split()[0] for group in _SAME.replace("\n", " | ").split("|") for word in group.split()
}
"""Irregular forms and near synonyms: each word with the first word of its group."""
