"""What is said of the calls that were made to models?"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from rem_dagster.interfaces.cli.opening import Opened
from rem_dagster.interfaces.cli.words import (
    MONTHS,
    clean,
    clock,
    counted,
    dollars,
    fit,
    pack,
    short_day,
    wrap,
)
from rem_dagster.llm.answers import answers_of
from rem_dagster.llm.audit import AuditEntry, AuditLog, month_of, read_log, was_ever_sent

LINES_SHOWN = 60
COLUMNS = (16, 14, 11, 20, 0)
INDENT = "  "
ENDED = {
    "truncated": "cut for its length",
    "failed": "no usable answer",
    "forgotten": "its answer and sources were forgotten",
}


@dataclass(frozen=True)
class Month:
    """What the local calendar month cost so far, over all users."""

    label: str
    spent_usd: float
    cap_usd: float | None
    calls_of_unknown_cost: int


@dataclass(frozen=True)
class Audit:
    """All that `rem audit` says."""

    log: AuditLog
    month: Month
    days: int
    user_id: str | None
    was_ever_sent: bool
    """Whether anything was sent at all: before these days, say, or for somebody else."""
    zone: ZoneInfo
    further: str
    """The command that shows more."""


def audit_of(opened: Opened, *, days: int, user_id: str | None) -> Audit:
    """The calls of the last days, today included, and what this month cost."""
    place = answers_of(opened.home)
    since = opened.calendar.start_of(opened.today - timedelta(days=days - 1))
    month_start, month_end = month_of(opened.now.astimezone(opened.zone).date(), opened.zone)
    log = read_log(place, since=min(since, month_start))
    this_month = [each for each in log.entries if month_start <= each.at < month_end]
    shown = [each for each in log.entries if each.at >= since and user_id in (None, each.user_id)]
    local = month_start.astimezone(opened.zone)
    return Audit(
        log=AuditLog(shown, log.unreadable),
        month=Month(
            label=f"{MONTHS[local.month - 1]} {local.year}",
            spent_usd=sum(each.cost_usd or 0.0 for each in this_month),
            cap_usd=opened.home.settings.monthly_cap_usd,
            calls_of_unknown_cost=sum(each.calls_paid for each in this_month if each.cost_usd is None),
        ),
        days=days,
        user_id=user_id,
        was_ever_sent=bool(log.entries) or was_ever_sent(place),
        zone=opened.zone,
        further=opened.command("audit", "--days", str(max(365, days * 4))),
    )


def audit_as_json(audit: Audit) -> dict[str, object]:
    """Every call and the totals, for programs; what nobody said is null."""
    calls = audit.log.entries
    return {
        "calls": [asdict(each) | {"sources": len(each.source_ids)} for each in calls],
        "totals": {
            "calls": sum(each.calls_paid for each in calls),
            "prompt_tokens": sum(each.prompt_tokens or 0 for each in calls),
            "completion_tokens": sum(each.completion_tokens or 0 for each in calls),
            "cost_usd": _cost_of(calls),
        },
        "month": asdict(audit.month),
        "unreadable_files": audit.log.unreadable,
    }


def audit_lines(audit: Audit, width: int) -> Iterator[str]:
    """A page: the calls by where they went and for whom, then totals."""
    calls = audit.log.entries
    if not calls:
        yield from wrap(_nothing(audit), width)
    shown = calls[-LINES_SHOWN:]
    if len(shown) < len(calls):
        yield from wrap(
            f"{counted(len(calls) - len(shown), 'earlier call')} are not shown: --json has all.", width
        )
        yield ""
    for head, group in _groups(shown):
        yield fit(head, width)
        for each in group:
            yield from _call_lines(each, audit.zone, width)
        yield ""
    if calls:
        yield from wrap(f"{_days(audit.days)}: {_totals(calls)}", width)
    if audit.was_ever_sent:
        yield from wrap(_month_words(audit.month), width)
    if audit.log.unreadable:
        yield from wrap(
            f"{counted(audit.log.unreadable, 'file')} of the cache cannot be read; what those calls cost is "
            "in no total.",
            width,
        )


def _groups(calls: Sequence[AuditEntry]) -> list[tuple[str, list[AuditEntry]]]:
    """Calls by where they went and for whom; the group that was sent to first comes first."""
    groups: dict[str, list[AuditEntry]] = {}
    for each in calls:
        head = f"{each.endpoint} · {each.model}" + (f" · {each.user_id}" if each.user_id else "")
        groups.setdefault(head, []).append(each)
    return list(groups.items())


def _call_lines(call: AuditEntry, zone: ZoneInfo, width: int) -> list[str]:
    """A call in columns, or in as many lines as it takes where these do not fit."""
    when = f"{short_day(call.at.astimezone(zone).date())} {clock(call.at, zone)}"
    tokens = f"{_count(call.prompt_tokens)} in, {_count(call.completion_tokens)} out"
    cells = (when, _day_words(call.days), counted(len(call.source_ids), "source"), tokens, _cost(call))
    line = "  ".join(cell.ljust(least) for cell, least in zip(cells, COLUMNS, strict=True)).rstrip()
    is_narrow = len(line) + len(INDENT) > width
    lines = pack(cells, width - len(INDENT)) if is_narrow else [line]
    ended = ENDED.get(call.outcome)
    return [INDENT + each for each in (*lines, *([f"  {ended}"] if ended else []))]


def _cost(call: AuditEntry) -> str:
    return "cost ?" if call.cost_usd is None else f"${call.cost_usd:.4f}"


def _day_words(days: Sequence[str]) -> str:
    if not days:
        return "no day"
    return clean(min(days)) + (f" +{len(days) - 1}" if len(days) > 1 else "")


def _count(tokens: int | None) -> str:
    return "?" if tokens is None else f"{tokens:,}"


def _cost_of(calls: Sequence[AuditEntry]) -> float | None:
    known = [each.cost_usd for each in calls if each.cost_usd is not None]
    return sum(known) if len(known) == len(calls) else None


def _totals(calls: Sequence[AuditEntry]) -> str:
    prompt = sum(each.prompt_tokens or 0 for each in calls)
    completion = sum(each.completion_tokens or 0 for each in calls)
    made = counted(sum(each.calls_paid for each in calls), "call")
    cost = dollars(_cost_of([each for each in calls if each.cost_usd is not None]))
    unknown = sum(each.calls_paid for each in calls if each.cost_usd is None)
    return f"{made}, {prompt:,} tokens in, {completion:,} out, {cost}{_besides(unknown)}"


def _month_words(month: Month) -> str:
    spent = f"{month.label}: {dollars(month.spent_usd)}"
    limit = "; there is no monthly cap" if month.cap_usd is None else f" of a cap of {dollars(month.cap_usd)}"
    return f"{spent}{limit}{_besides(month.calls_of_unknown_cost)}."


def _besides(unknown: int) -> str:
    return f", and {counted(unknown, 'call')} of unknown cost" if unknown else ""


def _days(days: int) -> str:
    return "Today" if days == 1 else f"The last {days} days"


def _nothing(audit: Audit) -> str:
    if not audit.was_ever_sent:
        return "Nothing was ever sent to a model from this home."
    whose = f" of user {audit.user_id!r}" if audit.user_id else ""
    return f"Nothing{whose} was sent {_days(audit.days).lower()}. Further back: {audit.further}"
