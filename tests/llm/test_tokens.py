"""Estimated tokens, held against counts of o200k_base that were made once and written down here."""

import json
from itertools import pairwise

import pytest

from rem_dagster.llm.interface import Request, Turn
from rem_dagster.llm.tokens import TURN_TOKENS, request_tokens, tokens_of, turns_tokens

SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "title": {
            "type": "string",
            "description": "At most seventy characters, in the language of the inputs.",
        },
        "started_at": {
            "type": ["string", "null"],
            "description": "Local time of day, as 13:56; null when unknown.",
        },
        "confidence": {"type": "number"},
        "participants": {"type": "array", "items": {"$ref": "#/$defs/person"}},
        "kind": {"type": "string", "enum": ["work_session", "conversation", "travel", "rest"]},
    },
    "required": ["title", "started_at", "confidence", "participants", "kind"],
    "$defs": {
        "person": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "display_name": {"type": "string"},
                "role": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            },
            "required": ["display_name", "role"],
        }
    },
}
SCHEMA_TOKENS = 167
"""Of the schema as JSON without blanks, by o200k_base: a schema of its own, as agentlets change."""
COUNTED = {
    "english": (
        (
            "This morning Ines met Tomas at the harbour cafe to talk about the move. They agreed t"
            "o keep the flat in Lisbon until September, because the new kitchen will not be ready "
            "before then. After lunch she finished the second chapter of her thesis, and in the ev"
            "ening she called her mother, who is recovering well from the operation."
        ),
        66,
    ),
    "chat": (
        (
            "[09:14] ana: deploy is stuck again, migration 0042 times out\n[09:15] rui: same as las"
            "t week? try statement_timeout=0\n[09:21] ana: worked! took 4m30s :) I'll write it up i"
            "n the runbook\n[09:22] rui: great, closing #1187"
        ),
        77,
    ),
    "code": (
        (
            "def total(counts: Sequence[int | None]) -> int | None:\n    known = [count for count i"
            "n counts if count is not None]\n    return sum(known) if len(known) == len(counts) els"
            "e None"
        ),
        48,
    ),
    "german": (
        (
            "Heute Morgen hat Katharina die Präsentation für die Geschäftsführung fertiggestellt u"
            "nd anschließend mit dem Entwicklungsteam über die Datenbankumstellung gesprochen. Am "
            "Nachmittag fuhr sie nach Hause, weil die Handwerker wegen der Heizungsanlage kamen. S"
            "ie überlegt, ob sie im nächsten Frühjahr eine längere Auszeit nehmen soll."
        ),
        64,
    ),
    "french": (
        (
            "Ce matin, Élodie a retrouvé son frère à la gare pour préparer le voyage en Bretagne. "
            "Ils ont décidé de partir vendredi soir après le travail et de louer une petite maison"
            " près de la plage. L'après-midi, elle a corrigé les derniers chapitres de son mémoire"
            " et a envoyé le dossier à l'université."
        ),
        67,
    ),
    "portuguese": (
        (
            "Hoje de manhã a Inês foi ao mercado com a mãe e comprou laranjas, pão fresco e um pou"
            "co de queijo. Depois do almoço trabalhou na tese até às seis, mas não conseguiu termi"
            "nar o capítulo sobre migração. À noite jantou com o João, que lhe contou as novidades"
            " da viagem a Lisboa e prometeu ajudar com a mudança de casa no próximo fim de semana."
        ),
        81,
    ),
    "russian": (
        (
            "Сегодня утром Анна встретилась с коллегами, чтобы обсудить план проекта на следующий "
            "месяц. После обеда она поехала в больницу к бабушке и привезла ей новые книги. Вечеро"
            "м они с Дмитрием готовили ужин и долго разговаривали о поездке на море."
        ),
        65,
    ),
    "chinese": (
        (
            "今天早上小林和同事们开会讨论了下个月的项目计划,大家决定先完成数据库的迁移。下午"
            "她去医院看望奶奶,给她带了几本新书。晚上和朋友一起做饭,聊了很久关于去海边旅行的"
            "事情。"
        ),
        65,
    ),
    "japanese": (
        (
            "今朝、田中さんは同僚と来月のプロジェクト計画について話し合いました。午後は病院へ"
            "祖母のお見舞いに行き、新しい本を何冊か持って行きました。夜は友達と一緒に料理をし"
            "て、海への"
            "旅行について長い間話しました。"
        ),
        74,
    ),
    "korean": (
        (
            "오늘 아침 지민이는 동료들과 다음 달 프로젝트 계획을 논의했다. 오후에는"
            " 병원에 계신 할머니를 찾아가 새 책을 몇 권 가져다 드렸다. 저녁에는 "
            "친구와 함"
            "께 요리를 하며 바다 여행에 대해 오랫동안 이야기했다."
        ),
        61,
    ),
    "arabic": (
        (
            "التقت سارة صباح اليوم بزملائها لمناقشة خطة المشروع للشهر القادم. وبعد الظهر ذهبت إلى "
            "المستشفى لزيارة جدتها وأحضرت لها بعض الكتب الجديدة. وفي المساء طبخت العشاء مع صديقتها"
            " وتحدثتا طويلا عن الرحلة إلى البحر."
        ),
        62,
    ),
    "hindi": (
        (
            "आज सुबह प्रिया ने अपने सहकर्मियों के साथ अगले महीने की परियोजना की योजना पर चर्चा की।"
            " दोपहर के बाद वह अस्पताल में अपनी दादी से मिलने गई और उनके लिए कुछ नई किताबें ले गई। "
            "शाम को उसने दोस्त के साथ खाना बनाया।"
        ),
        56,
    ),
    "spanish": (
        (
            "Esta mañana Lucía se reunió con sus compañeros para hablar del plan del "
            "proyecto del próximo mes. Por la tarde fue al hospital a ver a su abuela"
            " y le llevó unos libros nuevos. Por la noche preparó la cena con Andrés "
            "y hablaron mucho rato del viaje a la costa que quieren hacer en septiemb"
            "re."
        ),
        63,
    ),
    "polish": (
        (
            "Dziś rano Agnieszka spotkała się z kolegami, żeby omówić plan projektu n"
            "a następny miesiąc. Po południu pojechała do szpitala odwiedzić babcię i"
            " przywiozła jej kilka nowych książek. Wieczorem gotowała kolację ze Zbys"
            "zkiem i długo rozmawiali o wycieczce nad morze, którą chcą zorganizować "
            "we wrześniu."
        ),
        98,
    ),
    "czech": (
        (
            "Dnes ráno se Kateřina sešla s kolegy, aby probrali plán projektu na příš"
            "tí měsíc. Odpoledne jela do nemocnice za babičkou a přivezla jí několik "
            "nových knížek. Večer vařila s Tomášem večeři a dlouho si povídali o výle"
            "tě k moři, který chtějí podniknout v září."
        ),
        89,
    ),
    "romanian": (
        (
            "Azi dimineață Ioana s-a întâlnit cu colegii ca să discute planul proiect"
            "ului pentru luna viitoare. După-amiază a mers la spital să-și viziteze b"
            "unica și i-a dus câteva cărți noi. Seara a gătit cu Mihai și au vorbit m"
            "ult despre excursia la mare pe care vor s-o facă în septembrie."
        ),
        88,
    ),
    "vietnamese": (
        (
            "Sáng nay Lan gặp các đồng nghiệp để bàn về kế hoạch dự án cho tháng tới."
            " Buổi chiều cô ấy đến bệnh viện thăm bà và mang cho bà vài cuốn sách mới"
            ". Buổi tối cô nấu ăn cùng một người bạn và họ nói chuyện rất lâu về chuy"
            "ến đi biển vào mùa hè."
        ),
        66,
    ),
    "greek": (
        (
            "Σήμερα το πρωί η Ελένη συνάντησε τους συναδέλφους της για να συζητήσουν "
            "το σχέδιο του επόμενου μήνα. Το απόγευμα πήγε στο νοσοκομείο να δει τη γ"
            "ιαγιά της και της έφερε μερικά καινούργια βιβλία. Το βράδυ μαγείρεψε με "
            "τον Νίκο και μίλησαν πολλή ώρα για το ταξίδι στη θάλασσα."
        ),
        105,
    ),
    "hebrew": (
        (
            "הבוקר נועה נפגשה עם העמיתים שלה כדי לדבר על תוכנית הפרויקט לחודש הבא. אח"
            "ר הצהריים היא נסעה לבית החולים לבקר את סבתא שלה והביאה לה כמה ספרים חדשי"
            "ם. בערב היא בישלה עם חבר והם דיברו הרבה זמן על הטיול לים."
        ),
        72,
    ),
    "thai": (
        (
            "เช้านี้มาลีพบกับเพื่อนร่วมงานเพื่อคุยเรื่องแผนโครงการของเดือนหน้า ตอนบ่า"
            "ยเธอไปโรงพยาบาลเพื่อเยี่ยมคุณยายและนำหนังสือใหม่ไปให้หลายเล่ม ตอนเย็นเธอ"
            "ทำอาหารกับเพื่อน"
        ),
        65,
    ),
    "ukrainian": (
        (
            "Сьогодні вранці Оксана зустрілася з колегами, щоб обговорити план проєкт"
            "у на наступний місяць. Після обіду вона поїхала до лікарні провідати баб"
            "усю і привезла їй кілька нових книжок. Увечері вони з Андрієм готували в"
            "ечерю й довго розмовляли про подорож до моря."
        ),
        92,
    ),
    "answer": (
        (
            '{"moments":[{"name":"Ines moves the release to Thursday","summary":"Ines'
            " and Priya agreed to move the release, as the flaky test was not mended."
            '","moment_type":"work_session","tags":["release","flaky-test"],"outcomes'
            '":["Release moved to Thursday"],"emotions":[{"tag":"frustrated","handle"'
            ':"m4","quote":"so frustrated with this flaky test"}],"handles":["m1-m6"]'
            ',"evidence":[{"handle":"m1","quote":"I moved the release to Thursday"}],'
            '"facts":[{"text":"Ines moved the release to Thursday.","handles":["m1"]}'
            '],"intentions":[]}],"entities":[{"name":"Priya","kind":"person","handles'
            '":["m1"]}],"edges":[],"day_summary":"Ines moved the release to Thursday '
            'with Priya."}'
        ),
        175,
    ),
}
"""Text and its tokens by o200k_base (js-tiktoken 1)."""


@pytest.mark.parametrize(("name", "text", "counted"), [(name, *one) for name, one in COUNTED.items()])
def test_prose_is_estimated_within_15_percent(name: str, text: str, counted: int) -> None:
    assert tokens_of(text) == pytest.approx(counted, rel=0.15), name


def test_a_schema_is_estimated_within_15_percent() -> None:
    text = json.dumps(SCHEMA, separators=(",", ":"))
    assert tokens_of(text) == pytest.approx(SCHEMA_TOKENS, rel=0.15)


def test_nothing_costs_nothing_and_more_never_costs_less() -> None:
    text = COUNTED["english"][0]
    assert tokens_of("") == 0
    counts = [tokens_of(text[:size]) for size in range(len(text))]
    assert all(later >= earlier - 1 for earlier, later in pairwise(counts))


def test_a_request_is_its_turns_and_its_schema() -> None:
    turns = [Turn("system", "Keep a diary."), Turn("user", "Hm")]
    request = Request(turns, "draft", SCHEMA)
    assert turns_tokens(turns) == 2 * TURN_TOKENS + tokens_of("Keep a diary.") + tokens_of("Hm")
    assert request_tokens(request) - turns_tokens(turns) == pytest.approx(SCHEMA_TOKENS, rel=0.15)
