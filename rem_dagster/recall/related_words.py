"""Which English words belong together, so that a question in one finds an answer in another?

Plain lists of general English. They are read once, by `related`; see there what each counts.
"""

FORMS = """
    health healthy unhealthy | marry marriage married wedding wed bride groom | pregnant pregnancy
    decide decision | allergy allergic | music musical musician | art artist artistic artwork
    beauty beautiful gorgeous | strong strength strengthen | long length | high height | wide width
    deep depth | warm warmth | hunger hungry | anger angry mad furious | die death dead | birth born
    birthday bday | engaged engagement fiance fiancee | divorce divorced | danger dangerous
    fame famous | luck lucky | success successful succeed | excited excitement thrilled | sad sadness unhappy
    happy happiness joy glad | stress stressful stressed | worry anxious anxiety nervous
    science scientist scientific | poetry poem poet | photography photographer
    history historic historical | politics political politician | nature natural | culture cultural
    tradition traditional | profession professional | finance financial | religion religious | faith faithful
    environment environmental | economy economic | education educational | law lawyer legal attorney
    medicine medical medication | compete competition competitor contest | perform performance performer
    create creation creative creativity | invent invention inventor | act actor actress | drama dramatic
    receive receipt | gift present | accept acceptance | choose choice | arrive arrival | depart departure
    explain explanation | describe description | produce production product | prove proof
    believe belief | relieve relief | sell sale | lose loss | grow growth | know knowledge
    see sight | speak speech talk | sing song singer | live life alive | advise advice
    analyse analyze analysis | discover discovery | injury injured hurt | recover recovery | heal healing
    sick ill illness unwell | try attempt | win victory winner | fly flight | friend friendship buddy pal
    neighbor neighbour neighborhood neighbourhood | color colour | favorite favourite | center centre
    theater theatre | organize organise organization organisation | realize realise
    apologize apologise apology sorry | travel trip journey traveled travelled | holiday getaway
    store shop | company firm business | house home | kid kiddo toddler infant baby newborn
    grandma nana | parent folks | brother bro | sister sis | husband hubby spouse | wife spouse
    dog doggo doggy canine | cat kitty feline | cycling biking bike | car vehicle | plane airplane aircraft
    teacher teach | cook chef cuisine | bake baker bakery | paint painter | photo snapshot
    smartphone phone mobile | computer pc laptop | job career employment | boss manager supervisor
    colleague coworker | salary wage pay | quit resign | hire recruit | exam test quiz
    college university | class course lesson workshop | degree diploma graduate graduation
    start begin | finish complete end | stop quit | purchase buy | big large huge | small little tiny
    quick fast rapid | hard difficult tough difficulty | challenge challenging | easy simple
    scared afraid fear frightened scary | tired exhausted exhausting fatigue | fun enjoyable | love adore
    like enjoy | hate dislike | help assist assistance | happen occur | meet meeting meetup
    move relocate | repair fix | broken break | money cash | cheap inexpensive | expensive costly
    donate donation | charity fundraiser fundraising | award prize medal trophy | hike trek
    run jog | workout exercise | relax unwind | hobby pastime | goal aim ambition
    plan intend intention | idea concept | opinion view | problem issue trouble | accident crash
    storm hurricane | garden gardening | website site webpage | repository repo | error failure fail
    visit visitor | guest visitor | lead leader leadership | member membership | partner partnership
    member join | memory remember | thank grateful gratitude thankful | hope hopeful | care careful caring
    pride proud | brave courage courageous | free freedom | honest honesty | kind kindness | polite politeness
    popular popularity | possible possibility | responsible responsibility | safe safety secure security
    similar similarity | different difference differ | true truth | young youth | old age elderly
    increase rise grow | decrease reduce drop | fix solve solution | reply answer respond response
    need require requirement | allow permit permission | forbid ban | build construct construction
    remove delete drop | add insert addition | update upgrade | release publish publication ship
    install setup | slow latency | speed performance | crash failure | test check verify verification
    document documentation | configure configuration config | deploy deployment | depend dependency
    compress compression | encrypt encryption | authenticate authentication login | connect connection
    migrate migration | schedule calendar appointment | deadline due | invoice bill | customer client
    meeting call conference | feedback review | contract agreement | budget cost | train railway
    ticket booking reservation book reserve | hotel accommodation | luggage suitcase baggage
"""
"""Groups, divided by bars: other forms of a word that stemming keeps apart, and words near to it."""

KINDS = """
    instrument: guitar piano violin clarinet drum flute cello trumpet saxophone ukulele keyboard harp banjo
        trombone viola harmonica organ
    pet: dog cat hamster rabbit parrot turtle goldfish guinea kitten puppy
    animal wildlife: dog cat horse bird cow sheep pig rabbit turtle fish bear lion elephant deer fox monkey
        whale
    bird: eagle owl parrot duck goose swan robin sparrow crow pigeon hawk
    insect: bee ant butterfly beetle mosquito fly wasp
    plant: flower tree rose fern cactus succulent herb seedling
    flower: rose tulip lily sunflower daisy orchid lavender poppy
    tree: oak pine maple birch willow palm
    sport: soccer football basketball tennis baseball hockey volleyball golf swim surf ski snowboard boxing
        rugby
        cricket skate climb karate judo badminton
    exercise workout training: yoga gym weight swim pilates cardio boxing cycling hike lift run
        stretch squat
    food dish meal cuisine recipe: pizza pasta salad soup chicken rice bread cake sandwich taco sushi curry
        burger
        vegetable fruit cheese steak noodle egg fish
    dessert sweet: cake pie cookie brownie cream pudding chocolate tart cupcake candy pastry
    snack: chip popcorn nut cookie cracker fruit candy
    meal: breakfast lunch dinner brunch supper
    drink beverage: coffee tea beer wine juice soda water smoothie cocktail milk
    fruit: apple banana orange grape strawberry blueberry mango peach pear cherry lemon
    vegetable: carrot tomato potato spinach broccoli onion pepper cabbage lettuce cucumber
    hobby pastime activity: paint read run hike swim camp cook bake garden dance yoga fish photography
        pottery knit
        draw write game travel cycling
    art craft: paint draw pottery sculpture sketch photography knit sew ceramic
    game: chess poker puzzle card console nintendo playstation xbox
    dance: ballet salsa tango waltz
    color colour: red blue green yellow purple orange pink black white brown gray
    shape: circle square triangle star heart
    material fabric: wood metal glass plastic cotton wool leather silk
    country: america canada mexico england france germany spain italy japan china india brazil australia
        ireland
        scotland sweden norway greece turkey thailand portugal
    city: london paris york chicago boston seattle tokyo berlin rome barcelona toronto miami madrid
    continent: africa asia europe america australia
    language: english spanish french german italian chinese japanese korean arabic russian portuguese python
        rust java
    family relative: mom dad sister brother son daughter wife husband cousin aunt uncle grandma grandpa
        parent child nephew niece
    sibling: brother sister
    parent: mom dad
    vehicle transport transportation: car truck bike motorcycle bus van boat train plane scooter
    weather: rain snow sun storm wind cloud hot cold fog
    season: spring summer autumn fall winter
    job career profession occupation: teacher nurse engineer doctor lawyer counselor manager developer
        artist chef
        writer designer
    subject: math science history english biology physics chemistry geography
    school: class teacher student grade college university
    furniture: table chair couch sofa bed desk shelf
    room: kitchen bedroom bathroom garage basement attic
    clothes clothing outfit: shirt dress shoe jacket pants hat coat jeans sweater skirt
    jewelry: necklace ring bracelet earring
    injury: ankle knee arm leg broke sprain wrist shoulder pain hurt
    disease condition: cancer diabetes asthma flu covid allergy
    symptom: pain fever cough headache nausea fatigue
    emotion feeling feel: happy sad angry proud excited scared worried grateful nervous
    holiday: christmas thanksgiving easter halloween hanukkah diwali eid
    religion: christian muslim jewish hindu buddhist church
    device gadget: phone laptop tablet camera watch computer console
    platform: pc playstation xbox nintendo windows linux mac android ios
    book: read novel author chapter
    movie film: watch cinema
    show: watch series episode season
    music: song band concert album guitar
    nature outdoors: hike mountain lake forest park beach trail river
    place: park beach museum cafe restaurant mountain lake city
    event: party festival concert fair parade wedding conference workshop
    database db: postgres sqlite mysql redis duckdb mongodb
    browser: firefox chrome safari
    editor ide: vim emacs vscode
    tool: git docker make script
    cloud: aws azure gcp
    framework: django flask react vue
    test testing: pytest unittest coverage fixture
"""
"""A kind of thing, and some things of that kind or that come with it: who asks for one may mean the other."""

ASKING = """
    kind kinds type types sort sorts name names named called say said tell told mention mentioned
    describe described discuss discussed share shared happen happened occur occurred many much often long
    different various specific particular significant certain reason reasons way ways thing things mean
    based according would could might can will shall should may must recently currently
"""
"""Words that a question is built with: a rare one is no better a clue for being rare in answers."""
