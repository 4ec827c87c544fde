"""How does a person correct a day on its page, and take a correction back?

GET  /fix/MOMENT    the forms of a moment, alone or for the place below it
POST /fix           303 to the day; asked for by htmx, the day's moments; where it cannot be, the forms again
POST /undo          the same
GET  /corrections   all of them
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, get_args

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from rem_dagster.errors import InputError, RemError
from rem_dagster.interfaces.web.pages.day import corrected_html
from rem_dagster.interfaces.web.safety import form_of
from rem_dagster.interfaces.web.site import Page, Site, site_of, site_to_change
from rem_dagster.model.moment import Moment
from rem_dagster.model.words import CorrectionVerb
from rem_dagster.recall.journal.periods import day_named
from rem_dagster.store.filters import all_of, equals
from rem_dagster.store.records import record_of

if TYPE_CHECKING:
    from rem_dagster.dreaming.fixing.fix import Fixed

VERBS: tuple[CorrectionVerb, ...] = get_args(CorrectionVerb)
FIELDS: Mapping[str, tuple[str, ...]] = {
    "rename": ("name", "summary"),
    "retype": ("moment_type",),
    "set_times": ("start_time", "end_time"),
    "split": ("at",),
    "merge": ("name",),
    "add": ("name", "summary", "start_time", "end_time", "moment_type"),
    "close": ("text",),
}
"""What the form of each verb holds, empty fields aside."""


@dataclass(frozen=True)
class Forms:
    """What the forms of a moment show."""

    moment: Moment
    others: tuple[Moment, ...]
    """Of the same day."""
    types: tuple[str, ...]
    typed: Mapping[str, str] = field(default_factory=dict)
    """What was entered and could not be done."""
    verb: str = ""
    wrong: str = ""


def forms(request: Request) -> Response:
    """The forms of one moment."""
    site = site_to_change(request)
    return _forms(request, _forms_of(site, request.path_params["moment"]))


def fix(request: Request) -> Response:
    """Correct a moment, or add one."""
    site, form = site_to_change(request), _entered(request)
    verb = form.get("verb", "")
    if verb not in VERBS:
        raise InputError(f"There is no correction {verb!r}. Nothing was changed.")
    try:
        fixed = _fixed(site, verb, form)
    except RemError as error:
        return _refused(request, form, str(error))
    if verb == "close":
        return RedirectResponse(_back(site, form, fixed), 303)
    return _shown(request, fixed)


def undo(request: Request) -> Response:
    """Take a correction back."""
    site, form = site_to_change(request), _entered(request)
    fixed = site.memory.undo(form.get("id", ""), user_id=site.user_id)
    if form.get("from") == "corrections":
        return RedirectResponse("/corrections", 303)
    return _shown(request, fixed)


def corrections(request: Request) -> Response:
    """All corrections, the last one first."""
    site = site_of(request)
    held = list(reversed(site.memory.corrections(user_id=site.user_id)))
    return site.answer("corrections.html", Page("Corrections", "corrections"), held=held)


def _entered(request: Request) -> dict[str, str]:
    return {name: values[-1] for name, values in form_of(request).items()}


def _fixed(site: Site, verb: CorrectionVerb, form: Mapping[str, str]) -> "Fixed":
    value = {name: form[name].strip() for name in FIELDS.get(verb, ()) if form.get(name, "").strip()}
    if verb == "add":
        day = day_named(form.get("day", ""))
        for name in ("start_time", "end_time"):
            if name in value:
                value[name] = _on_day(site, day, value[name])
        return site.memory.fix("add", value=value, day=day, user_id=site.user_id)
    if verb in ("rename", "set_times"):
        value = _new(site, verb, value, _moment(site, form.get("moment", "")))
    ids = [each for each in (form.get("moment"), form.get("with")) if each]
    return site.memory.fix(verb, moment_ids=ids, value=value, user_id=site.user_id)


def _new(site: Site, verb: CorrectionVerb, value: Mapping[str, str], was: Moment) -> dict[str, str]:
    """What differs from what was in the form; a time that was left alone keeps its seconds, and which of two
    hours of the same name it is in."""
    if verb == "rename":
        return {name: each for name, each in value.items() if each != getattr(was, name)}
    times = {"start_time": was.start_time, "end_time": was.end_time}
    return {
        name: times[name].isoformat() if each == _field(site, times[name]) else each
        for name, each in value.items()
    }


def _on_day(site: Site, day: date, text: str) -> str:
    """A time of day as one of that day; of a day that begins at 04:00, the hours before are of its night."""
    if len(text) != len("14:30"):
        return text
    begins = site.calendar.day_starts_at.isoformat("minutes")
    return f"{date.fromordinal(day.toordinal() + (text < begins)).isoformat()}T{text}"


def _back(site: Site, form: Mapping[str, str], fixed: "Fixed") -> str:
    """The page on which a thread was closed: a morning or a day."""
    day = day_named(form.get("day") or fixed.correction.partition_key)
    return (site.links.standup(day) if form.get("from") == "standup" else site.links.day(day)) or "/"


def _shown(request: Request, fixed: "Fixed") -> Response:
    """The day after a change."""
    site, day = site_of(request), date.fromisoformat(fixed.correction.partition_key)
    changed = fixed.after[0].id if fixed.after else None
    if "hx-request" in request.headers:
        return HTMLResponse(corrected_html(site, day, changed))
    address = site.links.moment(changed) if changed else site.links.day(day)
    return RedirectResponse(address or "/", 303)


def _refused(request: Request, form: Mapping[str, str], wrong: str) -> Response:
    """The forms again, with what was entered and what is wrong with it."""
    site, verb = site_of(request), form.get("verb", "")
    if verb == "add":
        day = day_named(form.get("day", ""))
        page = Page("A moment to add", "day", anchor=day)
        shown: dict[str, Any] = {"day": day, "types": _types(site), "typed": form, "wrong": wrong}
        if "hx-request" in request.headers:
            return _here(site.answer("add.html", page, **shown), f"#add-{day.isoformat()}")
        return site.answer("adding.html", page, status=400, **shown)
    held = _forms_of(site, form.get("moment", ""))
    return _forms(request, Forms(held.moment, held.others, held.types, form, verb, wrong))


def _forms(request: Request, held: Forms) -> Response:
    site, day = site_of(request), date.fromisoformat(held.moment.partition_key)
    page = Page("A correction", "day", anchor=day)
    shown: dict[str, Any] = {"held": held, "day": day, "field": lambda at: _field(site, at)}
    if "hx-request" in request.headers:
        answer = site.answer("forms.html", page, **shown)
        return _here(answer, f"#fix-{held.moment.id}") if held.wrong else answer
    return site.answer("fixing.html", page, status=400 if held.wrong else 200, **shown)


def _here(answer: Response, place: str) -> Response:
    """An answer that belongs to another place than a change that was made."""
    answer.headers["HX-Retarget"] = place
    answer.headers["HX-Reswap"] = "innerHTML"
    return answer


def _forms_of(site: Site, moment_id: str) -> Forms:
    moment = _moment(site, moment_id)
    where = all_of(equals("user_id", site.user_id), equals("partition_key", moment.partition_key))
    rows = site.store.read("moments", where=where).to_pylist()
    others = (record_of(Moment, row) for row in rows if row["id"] != moment.id)
    in_order = sorted(
        (each for each in others if not each.is_prediction), key=lambda each: (each.start_time, each.id)
    )
    return Forms(moment, tuple(in_order), _types(site))


def _moment(site: Site, moment_id: str) -> Moment:
    where = all_of(equals("user_id", site.user_id), equals("id", moment_id))
    rows = site.store.read("moments", where=where).to_pylist()
    if not rows:
        raise InputError(
            f"There is no moment {moment_id[:60]!r} any more: its day was made again since. Nothing was "
            "changed. Load the day again, then correct it."
        )
    return record_of(Moment, rows[0])


def _types(site: Site) -> tuple[str, ...]:
    from rem_dagster.dreaming.terms import moment_types_of
    from rem_dagster.model.words import PREDICTION

    return tuple(each for each in moment_types_of(site.memory.home) if each != PREDICTION)


def _field(site: Site, at: datetime) -> str:
    """An instant as a field for a local time has it."""
    return at.astimezone(site.calendar.zone).strftime("%Y-%m-%dT%H:%M")


routes = [
    Route("/fix", fix, methods=["POST"]),
    Route("/fix/{moment}", forms),
    Route("/undo", undo, methods=["POST"]),
    Route("/corrections", corrections),
]
