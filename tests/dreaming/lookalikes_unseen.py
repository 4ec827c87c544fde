"""Look-alikes that were written before the rules and never looked at while these were made."""

from tests.dreaming.lookalikes import differ, same

UNSEEN = (
    same(
        *("VS Code", "Visual Studio Code", "a usual short name"),
        "1 tools: [Visual Studio Code|t] has a new [debugger].",
        "2 tools: The [debugger] of [VS Code|t] stops at the wrong line.",
    ),
    same(
        *("Bill Okafor", "William Okafor", "nickname and surname, in one chat"),
        "1 budget: [William Okafor|p] approves the [hiring].",
        "5 budget: [Bill Okafor|p] has doubts about the [hiring] plan.",
    ),
    same(
        *("Kate", "Katherine Wu", "a nickname with one owner, in one chat about one thing"),
        "1 garden: [Katherine Wu|p] lends me her [shears].",
        "2 garden: Gave the [shears] back to [Kate|p].",
    ),
    same(
        *("T. Lindqvist", "Tove Lindqvist", "an initial with one owner, about the same things"),
        "1 lab: [Tove Lindqvist|p] calibrated the [laser] with [Ravi|p].",
        "4 paper: [T. Lindqvist|p] and [Ravi|p] describe the [laser].",
    ),
    same(
        *("i18n", "internationalization", "letters counted"),
        "1 web: Started with [internationalization] of the pages.",
        "2 web: The [i18n] files are in the wheel.",
    ),
    same(
        *("ElasticSearch", "Elasticsearch", "case"),
        "1 ops: [Elasticsearch|t] eats the memory.",
        "2 ops: Gave [ElasticSearch|t] two more gigabytes.",
    ),
    same(
        *("scikit learn", "scikit-learn", "hyphen"),
        "1 ml: [scikit-learn|t] has an isolation forest.",
        "2 ml: Tried the forest of [scikit learn|t].",
    ),
    same(
        *("Łukasz Nowak", "Lukasz Nowak", "a letter that English lacks"),
        "1 mail: [Łukasz Nowak|p] is in Kraków.",
        "2 mail: Wrote to [Lukasz Nowak|p].",
    ),
    same(
        *("Дмитрий Соколов", "Dmitry Sokolov", "another script"),
        "1 chess: [Дмитрий Соколов|p] играет белыми.",
        "2 chess: Lost to [Dmitry Sokolov|p] again.",
    ),
    same(
        *("さくら", "Sakura", "another script, a first name"),
        "1 language: [さくら|p] teaches me [kanji].",
        "3 language: Ten new [kanji] with [Sakura|p].",
    ),
    same(
        *("Munich", "München", "two languages, and nothing that states it"),
        "1 travel: Booked the train to [Munich|l] for the [fair].",
        "2 travel: Das Hotel in [München|l] liegt bei der [fair].",
    ),
    same(
        *("Atlas project", "Atlas", "with the word for what it is"),
        "1 plan: The [Atlas project|r] gets a second [tester].",
        "2 plan: [Atlas|r] found its [tester].",
    ),
    same(
        *("Github actions", "GitHub Actions", "case"),
        "1 ci: [GitHub Actions|t] is slow today.",
        "2 ci: Cached wheels in [Github actions|t].",
    ),
    same(
        *("TS", "TypeScript", "a usual short name"),
        "1 web: Moved the [parser] to [TypeScript|t].",
        "2 web: [TS|t] found two bugs in the [parser].",
    ),
    same(
        *("Mongo", "MongoDB", "a usual short name"),
        "1 ops: [MongoDB|t] holds the [events].",
        "2 ops: [Mongo|t] lost a day of [events].",
    ),
    same(
        *("Dagstr", "Dagster", "a slip, once, about the same things"),
        "1 work: [Dagster|t] runs the [rollups].",
        "2 work: [Dagster|t] sensors for [rollups].",
        "3 work: [Dagster|t] has a new release.",
        "5 work: The [rollups] of [Dagstr|t] were late.",
    ),
    same(
        *("Mikael Strom", "Mikael Ström", "accents"),
        "1 row: [Mikael Ström|p] rows on seat four.",
        "2 row: Breakfast with [Mikael Strom|p].",
    ),
    same(
        *("Zoe", "Zoë Whitfield", "a first name with one owner, without its accent"),
        "1 choir: [Zoë Whitfield|p] sings alto.",
        "2 choir: [Zoe|p] forgot the scores.",
    ),
    same(
        *("Prof. Adeyemi", "Funmi Adeyemi", "a title and a surname with one owner, about one thing"),
        "1 thesis: [Funmi Adeyemi|p] reads my [draft].",
        "4 thesis: [Prof. Adeyemi|p] marked the [draft] in red.",
    ),
    same(
        *("mhall", "Margaret Hall", "one e-mail address"),
        "1 git/Margaret Hall <mhall@river.example>: Add the gauge",
        "2 git/mhall <mhall@river.example>: Fix the gauge",
    ),
    same(
        *("Maggie", "Margaret Hall", "a nickname that is stated"),
        "1 mail: [Margaret Hall|p], known as [Maggie|p], measures rivers.",
        "3 lunch: [Maggie|p] brought soup.",
    ),
    same(
        *("Köln", "Cologne", "two languages, stated"),
        "1 travel: [Cologne|l] (in German [Köln|l]) has a big station.",
        "2 travel: Umsteigen in [Köln|l].",
    ),
    same(
        *("LSP", "Language Server Protocol", "initials that are stated"),
        "1 tools: [LSP|t] is short for [Language Server Protocol|t].",
        "2 tools: The [LSP|t] client hangs.",
    ),
    same(
        *("Brandt GmbH", "Brandt", "a legal form"),
        "1 sales: [Brandt GmbH|o] asks for a [quote].",
        "2 sales: Sent the [quote] to [Brandt|o].",
    ),
    same(
        *("Ledger v2.1", "Ledger 2.1", "a v before the version"),
        "1 work: [Ledger 2.1|h] is tagged.",
        "2 work: [Ledger v2.1|h] is on the mirror.",
    ),
    same(
        *("embeddings", "embedding", "plural"),
        "1 ml: Cached every [embedding] of a note.",
        "2 ml: The [embeddings] take 40 MB.",
    ),
    same(
        *("東京", "Tokyo", "another script, stated"),
        "1 travel: Two weeks in [Tokyo|l] ([東京|l]).",
        "2 travel: [東京|l] の朝。",
    ),
    same(
        *("王伟", "Wang Wei", "another script, one e-mail address"),
        "1 mail/Wang Wei <wang.wei@port.example>: The crane is in place.",
        "3 mail/王伟 <wang.wei@port.example>: 起重机已经检查过了。",
    ),
    same(
        *("Ronnie Castillo", "Ron Castillo", "two nicknames and a surname, in one chat"),
        "1 band: [Ron Castillo|p] plays the [bass].",
        "2 band: [Ronnie Castillo|p] tuned the [bass].",
    ),
    same(
        *("JUnit", "J-Unit", "hyphen"),
        "1 work: [JUnit|t] reports are in the build.",
        "2 work: [J-Unit|t] again.",
    ),
    differ(
        *("Alex Kim", "Alex Chen", "one first name, two people"),
        "1 board: [Alex Kim|p] chairs the [meeting].",
        "2 board: [Alex Chen|p] takes notes of the [meeting].",
    ),
    differ(
        *("Alex", "Alex Kim", "a first name with two owners"),
        "1 board: [Alex Kim|p] chairs.",
        "2 board: [Alex Chen|p] takes notes.",
        "3 board: [Alex|p] resigns.",
    ),
    differ(
        *("pandas", "pandas-stubs", "a project and its neighbour"),
        "1 work: [pandas|t] 3 changes the [types].",
        "2 work: [pandas-stubs|t] has the [types] already.",
    ),
    differ(
        *("Rust 1.79", "Rust 1.80", "two versions"),
        "1 work: The [loader] builds on [Rust 1.79|t].",
        "2 work: The [loader] warns on [Rust 1.80|t].",
    ),
    differ(
        *("Travis", "Travis CI", "a person and a tool"),
        "1 work: [Travis|p] set up the [build].",
        "2 work: [Travis CI|t] runs the [build].",
    ),
    differ(
        *("Go", "Google", "a beginning in common"),
        "1 work: The [crawler] is in [Go|t].",
        "2 work: [Google|o] blocks the [crawler].",
    ),
    differ(
        *("Stripe", "Stripe Checkout", "who makes it and what is made"),
        "1 shop: [Stripe|o] raised the [fees].",
        "2 shop: [Stripe Checkout|t] shows the [fees].",
    ),
    differ(
        *("Claude", "Claude Monet", "a tool and a painter"),
        "1 chat: [Claude|t] wrote the [poster] text.",
        "2 museum: A [poster] of [Claude Monet|p].",
    ),
    differ(
        *("Kim Larsen", "Tim Larsen", "two of one family"),
        "1 sail: [Kim Larsen|p] steers the [boat].",
        "2 sail: [Kim Larsen|p] repairs the [boat].",
        "3 sail: [Kim Larsen|p] is seasick.",
        "4 sail: [Tim Larsen|p] paints the [boat].",
    ),
    differ(
        *("M. Silva", "Marta Silva", "an initial with two owners"),
        "1 clinic: [Marta Silva|p] does the [x-ray].",
        "2 clinic: [Marco Silva|p] reads the [x-ray].",
        "3 clinic: [M. Silva|p] signed the [x-ray].",
    ),
    differ(
        *("Sam Ortiz", "Samantha Ortiz", "two who are named side by side"),
        "1 school: [Sam Ortiz|p] and [Samantha Ortiz|p] are twins and share a [desk].",
        "2 school: [Sam Ortiz|p] lost the key of the [desk].",
    ),
    differ(
        *("HTTP", "HTTPS", "one letter more"),
        "1 web: [HTTP|t] only for the [probe].",
        "2 web: [HTTP|t] again.",
        "3 web: [HTTP|t] it is.",
        "4 web: [HTTPS|t] for the [probe] too.",
    ),
    differ(
        *("staging-db-1", "staging-db-2", "two numbers"),
        "1 ops: [staging-db-1|t] is full of [events].",
        "2 ops: [staging-db-1|t] cleaned.",
        "3 ops: [staging-db-1|t] fine.",
        "4 ops: [staging-db-2|t] is full of [events].",
    ),
    differ(
        *("Apollo", "Apollo 11", "a project and a flight"),
        "1 plan: [Apollo|r] has a new [deadline].",
        "2 reading: A book about [Apollo 11] and its [deadline].",
    ),
    differ(
        *("Dan Cole", "Daniel Cole", "one in the family, one at work"),
        "1 family: [Dan Cole|p] is two weeks old.",
        "2 sales: [Daniel Cole|p] wants the invoice again.",
    ),
    differ(
        *("Nina Berg", "Ivo Berg", "a mailbox of many"),
        "1 mail/Nina Berg <family@berg.example>: We come on Sunday.",
        "2 mail/Ivo Berg <family@berg.example>: And bring the dog.",
    ),
    differ(
        *("Elena Petrova", "Elena Petrov", "two of one family"),
        "1 dance: [Elena Petrova|p] teaches the [tango].",
        "2 dance: [Elena Petrova|p] is back.",
        "3 dance: [Elena Petrova|p] leads.",
        "4 dance: [Elena Petrov|p], her niece, learns the [tango].",
    ),
    differ(
        *("news", "new", "a plural that is none"),
        "1 work: The [new] branch is green.",
        "2 work: Read the [news].",
    ),
)
"""The table that says how well the rules do on what they were not written with."""
