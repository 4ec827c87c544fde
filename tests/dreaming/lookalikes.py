"""Names that look alike, each pair with the small activity from which somebody knows whether they are one.

A line is `DAY PLACE: text`, or `DAY PLACE/AUTHOR: text` for something that somebody wrote; a place is a chat
that goes on over days, `git` a commit. `[Ana Souza|p]` marks what a dream finds: p person, t tool, r project,
o organization, l place, h thing, nothing a topic. Who writes is a person that the dream finds, too.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Pair:
    """Two names, whether they are one, and the lines that tell so."""

    one: str
    other: str
    is_same: bool
    why: str
    lines: tuple[str, ...]


def same(one: str, other: str, why: str, *lines: str) -> Pair:
    """Two names of one."""
    return Pair(one, other, True, why, lines)


def differ(one: str, other: str, why: str, *lines: str) -> Pair:
    """Two names of two."""
    return Pair(one, other, False, why, lines)


KNOWN = (
    same(
        *("DiskANN", "disk-ann", "case and hyphen"),
        "1 reading: The [DiskANN|t] paper keeps the graph on the disk.",
        "3 work: Rebuilt the [disk-ann|t] index with [alpha] 1.2.",
    ),
    same(
        *("disk_ann", "DiskANN", "underscore, and a kind that says nothing"),
        "1 reading: The [DiskANN|t] paper again.",
        "2 work: The module [disk_ann] has a test now.",
    ),
    same(
        *("Inês Duarte", "Ines Duarte", "accents"),
        "1 mail: [Inês Duarte|p] asks for the slides.",
        "5 mail: Sent the slides to [Ines Duarte|p].",
    ),
    same(
        *("unit tests", "unit test", "plural"),
        "1 work: Wrote [unit tests] for the parser.",
        "2 work: One [unit test] is flaky.",
    ),
    same(
        *("Ana", "Ana Souza", "a first name with one owner"),
        "1 standup: [Ana Souza|p] takes the [loader].",
        "2 standup: [Ana|p] finished the [loader].",
    ),
    same(
        *("Bob Lee", "Robert Lee", "nickname and surname, in one project"),
        "1 standup: [Robert Lee|p] fixed the [loader] together with [Nadia|p].",
        "4 standup: [Bob Lee|p] says that the [loader] is slow again, [Nadia|p] agrees.",
    ),
    same(
        *("Bob", "Robert Lee", "a nickname that is stated"),
        "1 mail: New in the team: [Bob|p] ([Robert Lee|p]), he does the billing.",
        "3 lunch: [Bob|p] knows a good place for noodles.",
    ),
    same(
        *("Liz", "Elizabeth Moreau", "a nickname with one owner, in one chat about one thing"),
        "1 release: [Elizabeth Moreau|p] wants the [changelog] by Friday.",
        "3 release: [Liz|p] has read the [changelog] and likes it.",
    ),
    same(
        *("A. Souza", "Ana Souza", "an initial with one owner, about the same things"),
        "1 standup: [Ana Souza|p] measured the [recall] of the [builder].",
        "6 mail: [A. Souza|p] sent the figures of the [recall] and of the [builder].",
    ),
    same(
        *("asouza", "Ana Souza", "one e-mail address"),
        "1 git/Ana Souza <ana.souza@lab.example>: Parse empty fields",
        "4 git/asouza <ana.souza@lab.example>: Fix the parser",
    ),
    same(
        *("k8s", "Kubernetes", "letters counted"),
        "1 ops: Moved the [gateway] to [Kubernetes|t].",
        "2 ops: The [k8s|t] upgrade broke the [gateway].",
    ),
    same(
        *("Postgres", "PostgreSQL", "a usual short name"),
        "1 ops: [PostgreSQL|t] 16 is out, we upgrade the [ledger|r].",
        "3 ops: [Postgres|t] vacuum on the [ledger|r] took an hour.",
    ),
    same(
        *("Kubernets", "Kubernetes", "a slip, once, about the same things"),
        "1 ops: [Kubernetes|t] runs the [gateway] now, [Nadia|p] did it.",
        "2 ops: [Kubernetes|t] is up again.",
        "3 ops: [Kubernetes|t] dashboards for the [gateway].",
        "4 ops: The [Kubernets|t] nodes of the [gateway] are full, says [Nadia|p].",
    ),
    same(
        *("Prya Raman", "Priya Raman", "a slip in a name, once, in one chat"),
        "1 review: [Priya Raman|p] reviews the [cache].",
        "2 review: [Priya Raman|p] found a race in the [cache].",
        "3 review: [Priya Raman|p] is out on Monday.",
        "4 review: [Prya Raman|p] merged the [cache].",
    ),
    same(
        *("Пётр Иванов", "Pyotr Ivanov", "another script"),
        "1 mail: [Пётр Иванов|p] пишет про [отчёт].",
        "3 mail: Answered [Pyotr Ivanov|p] about the report.",
    ),
    same(
        *("Jürgen Müller", "Juergen Mueller", "umlauts spelt out"),
        "1 mail: [Jürgen Müller|p] lädt nach Jena ein.",
        "2 travel: Train to see [Juergen Mueller|p].",
    ),
    same(
        *("HNSW", "Hierarchical Navigable Small World", "initials that are stated"),
        "1 reading: [Hierarchical Navigable Small World|t] ([HNSW|t]) graphs have layers.",
        "2 reading: [HNSW|t] against Vamana.",
    ),
    same(
        *("Dr. Keller", "Eva Keller", "a title and a surname with one owner, in one chat about one thing"),
        "1 health: [Eva Keller|p] is the new doctor for my [knee].",
        "8 health: [Dr. Keller|p] says that the [knee] is fine.",
    ),
    same(
        *("Lisboa", "Lisbon", "two languages, stated"),
        "1 travel: Flight to [Lisbon|l] ([Lisboa|l]) booked.",
        "3 travel: [Lisboa|l] no verão é quente.",
    ),
    same(
        *("Falcon", "Ledger Sync", "a code name that is stated"),
        "1 plan: The project [Falcon|r], aka [Ledger Sync|r], starts in May.",
        "4 plan: [Falcon|r] needs two more people.",
    ),
    same(
        *("JS", "JavaScript", "a usual short name"),
        "1 web: Wrote the [JavaScript|t] of the [viewer].",
        "2 web: The [JS|t] of the [viewer] is 4 kB.",
    ),
    same(
        *("Datasette v0.64", "Datasette 0.64", "a v before the version"),
        "1 work: Released [Datasette 0.64|h].",
        "2 work: [Datasette v0.64|h] has a bug.",
    ),
    same(
        *("Acme Inc.", "Acme", "a legal form"),
        "1 sales: Call with [Acme Inc.|o] about the [renewal].",
        "3 sales: [Acme|o] signs the [renewal].",
    ),
    same(
        *("Souza, Ana", "Ana Souza", "the surname first"),
        "1 hr: [Souza, Ana|p] is on the list.",
        "2 hr: [Ana Souza|p] starts on Monday.",
    ),
    same(
        *("Ana Maria Souza", "Ana Souza", "a second first name, in one chat about one thing"),
        "1 thesis: [Ana Maria Souza|p] hands in her [thesis].",
        "2 thesis: [Ana Souza|p] defended her [thesis].",
    ),
    same(
        *("Søren Holm", "Soren Holm", "a letter that English lacks"),
        "1 mail: [Søren Holm|p] kommer torsdag.",
        "2 mail: Met [Soren Holm|p] at the station.",
    ),
    same(
        *("Vue.js", "Vue", "an ending that says what it is, about one thing"),
        "1 web: The [viewer] is in [Vue.js|t] now.",
        "2 web: [Vue|t] makes the [viewer] smaller.",
    ),
    same(
        *("@priya", "Priya", "a handle in a chat"),
        "1 review: [Priya|p] asked for a test.",
        "2 review: Thanks [@priya|p], it is in.",
    ),
    differ(
        *("Ana Souza", "Ana Lima", "one first name, two people"),
        "1 standup: [Ana Souza|p] takes the [loader].",
        "2 standup: [Ana Lima|p] takes the [loader] over.",
    ),
    differ(
        *("Ana", "Ana Souza", "a first name with two owners"),
        "1 standup: [Ana Souza|p] takes the [loader].",
        "2 standup: [Ana Lima|p] tests it.",
        "3 standup: [Ana|p] is ill today.",
    ),
    differ(
        *("numpy", "numpydoc", "a project and its neighbour"),
        "1 work: [numpy|t] 2 broke the [docs].",
        "2 work: [numpydoc|t] renders the [docs].",
    ),
    differ(
        *("Python 3.11", "Python 3.12", "two versions"),
        "1 work: The [tests] pass on [Python 3.11|t].",
        "2 work: The [tests] fail on [Python 3.12|t].",
    ),
    differ(
        *("Jenkins", "Leroy Jenkins", "a tool and a person"),
        "1 ops: [Jenkins|t] is red for the [gateway].",
        "2 ops: [Leroy Jenkins|p] looks at the [gateway].",
    ),
    differ(
        *("Mercury", "Freddie Mercury", "a project and a singer"),
        "1 work: [Mercury|r] ships in May.",
        "2 fun: Watched a film about [Freddie Mercury|p].",
    ),
    differ(
        *("Maria Keller", "Mario Keller", "brother and sister"),
        "1 family: [Maria Keller|p] brings the [cake].",
        "2 family: [Maria Keller|p] cannot come.",
        "3 family: [Maria Keller|p] comes after all.",
        "4 family: [Mario Keller|p] brings the [cake].",
    ),
    differ(
        *("Bob Lee", "Robert Lee", "two who are named side by side"),
        "1 standup: [Robert Lee|p] and his son [Bob Lee|p] came to see the [office].",
        "2 standup: [Bob Lee|p] liked the [office].",
    ),
    differ(
        *("GPT-4", "GPT-4o", "two models"),
        "1 eval: [GPT-4|t] has .61 on the [questions].",
        "2 eval: [GPT-4|t] again on the [questions].",
        "3 eval: [GPT-4|t] costs more.",
        "4 eval: [GPT-4o|t] has .66 on the [questions].",
    ),
    differ(
        *("Mozilla", "Mozilla Firefox", "who makes it and what is made"),
        "1 web: [Mozilla|o] answered about the [bug].",
        "2 web: [Mozilla Firefox|t] has the [bug] too.",
    ),
    differ(
        *("Java", "JavaScript", "a beginning in common"),
        "1 web: The server is in [Java|t], the [viewer] too.",
        "2 web: The [viewer] moves to [JavaScript|t].",
    ),
    differ(
        *("Jon Park", "John Park", "two who are named side by side"),
        "1 review: [Jon Park|p] and [John Park|p] share a desk and a [cache].",
        "2 review: [John Park|p] broke the [cache].",
        "3 review: [John Park|p] fixed it.",
        "4 review: [John Park|p] is proud.",
    ),
    differ(
        *("A. Souza", "Ana Souza", "an initial with two owners"),
        "1 standup: [Ana Souza|p] measured the [recall].",
        "2 standup: [Artur Souza|p] measured the [recall], too.",
        "3 standup: [A. Souza|p] wrote the [recall] down.",
    ),
    differ(
        *("Liz", "Elizabeth Moreau", "a nickname, elsewhere"),
        "1 sales: [Elizabeth Moreau|p] of the bank wants an offer.",
        "3 family: [Liz|p] has a cold, mum says.",
    ),
    differ(
        *("Windows", "window", "a plural that is a name"),
        "1 work: The [window] of the viewer flickers.",
        "2 work: It flickers on [Windows|t] only.",
    ),
    differ(
        *("Ana Souza", "Tom Berg", "a mailbox of many"),
        "1 git/Ana Souza <dev@lab.example>: Parse empty fields",
        "2 git/Tom Berg <dev@lab.example>: Fix the parser",
    ),
    differ(
        *("Robert Lee", "Robert Lee Jr.", "father and son"),
        "1 family: [Robert Lee|p] turns eighty, big [party].",
        "2 family: [Robert Lee Jr.|p] plans the [party].",
    ),
    differ(
        *("React", "Preact", "one letter more"),
        "1 web: The [viewer] uses [React|t].",
        "2 web: [React|t] is 40 kB of the [viewer].",
        "3 web: [React|t] hooks.",
        "4 web: [Preact|t] would be 4 kB in the [viewer].",
    ),
    differ(
        *("database", "Falcon", "what a thing is, and its name"),
        "1 work: Tried a [database] called [Falcon|t] for the [events].",
        "2 work: [Falcon|t] lost [events], the old [database] did not.",
    ),
    differ(
        *("Brandt GmbH", "Brandt AG", "two companies of one name"),
        "1 sales: [Brandt GmbH|o] buys the [licence].",
        "2 sales: [Brandt AG|o] sells the [licence].",
        "3 sales: [Brandt|o] wants both.",
    ),
    differ(
        *("Chart.js", "Chart.py", "two endings"),
        "1 web: [Chart.js|t] draws the [hours] of the [week].",
        "2 web: [Chart.py|t] draws the [hours] of the [week] too.",
        "3 web: [Chart|t] it is.",
    ),
    differ(
        *("Chris Park", "Christina Park", "two who talk to each other"),
        "1 team/Christina Park <cp@lab.example>: The [badge] of the [door] is broken.",
        "1 team/Chris Park <chris@lab.example>: I have a spare [badge] for the [door].",
        "2 team: [Chris Park|p] opened the [door].",
    ),
    differ(
        *("Ana", "Ana Souza", "a sister, and somebody of the bank"),
        "1 family: [Ana|p] baked bread.",
        "2 sales: [Ana Souza|p] of the bank signed the contract.",
    ),
    differ(
        *("graphd", "Rust", "in brackets, what it is written in"),
        "1 work: [graphd|r] ([Rust]) is faster now.",
        "2 work: [Rust] makes [graphd|r] small.",
    ),
    differ(
        *("Bob", "Robert Lee", "a question"),
        "1 mail: Is [Bob|p] short for [Robert Lee|p]?",
        "2 lunch: [Bob|p] paid.",
    ),
    differ(
        *("Kafka", "Franz Kafka", "a tool and a writer"),
        "1 ops: [Kafka|t] keeps the [letters] for a week.",
        "2 reading: [Franz Kafka|p] wrote [letters] to his father.",
    ),
    differ(
        *("Diana Cole", "Dana Cole", "two of one family, each named often"),
        "1 family: [Diana Cole|p] brings the [salad] for [Ben|p].",
        "2 family: [Diana Cole|p] and [Ben|p] sing.",
        "3 family: [Dana Cole|p] is five, says [Ben|p].",
        "4 family: [Dana Cole|p] eats the [salad].",
        "5 family: [Dana Cole|p] sleeps.",
    ),
    differ(
        *("parsing", "passing", "one letter, two words"),
        "1 work: [parsing] of the [dates] in the [loader].",
        "2 work: [parsing] again.",
        "3 work: [parsing] done.",
        "4 work: [passing] of the [dates] to the [loader].",
    ),
    differ(
        *("Paris", "Paris Hill", "a place and a person"),
        "1 travel: Night train to [Paris|l] with the [bikes].",
        "2 travel: [Paris Hill|p] repaired the [bikes].",
    ),
    same(
        *("Ron", "Ronald Castillo", "a nickname with one owner who is called so elsewhere, too"),
        "1 band: [Ronald Castillo|p] plays the [bass].",
        "2 band: [Ron Castillo|p] tuned the [bass].",
        "3 band: [Ron|p] sold the [bass].",
    ),
    same(
        *("Keller", "Eva Keller", "a surname with one owner, in one chat about one thing"),
        "1 clinic: [Eva Keller|p] reads the [x-ray].",
        "2 clinic: [Keller|p] signed the [x-ray].",
    ),
    same(
        *("Zeca Lima", "José Lima", "nickname and surname, stated"),
        "1 mail: [José Lima|p], who goes by [Zeca Lima|p], sings.",
        "2 music: [Zeca Lima|p] has a new record.",
    ),
)
"""The table that the rules were written with."""
