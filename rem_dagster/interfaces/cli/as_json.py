"""What do programs get where people get a page?"""

from collections.abc import Sequence
from dataclasses import asdict

from rem_dagster.interfaces.cli.page import PageView
from rem_dagster.interfaces.cli.span import Answer, Review
from rem_dagster.model.moment import Moment
from rem_dagster.recall.when import When


def moments_as_json(moments: Sequence[Moment]) -> list[dict[str, object]]:
    """Moments with all their fields; instants are UTC."""
    return [moment.model_dump(mode="json") for moment in moments]


def day_as_json(view: PageView) -> dict[str, object]:
    """A day's page; `dream` is null where the day was not dreamt, `links` come with `--evidence` alone."""
    page = view.page
    items = page.counts.messages + page.counts.resources
    return {
        "user_id": page.user_id,
        "day": page.day.isoformat(),
        "zone": view.zone.key,
        "state": _state(view),
        "items": items,
        "summary": page.summary.content if page.summary else None,
        "moments": moments_as_json(page.moments),
        "predictions": moments_as_json(page.predictions),
        "dream": page.dream.model_dump(mode="json") if page.dream else None,
        **({"links": {item: asdict(links) for item, links in view.links.items()}} if view.evidence else {}),
    }


def answer_as_json(answer: Answer, when: When) -> dict[str, object]:
    """The moments that overlap a span."""
    return {
        "label": when.label,
        "start": when.window.start.isoformat(),
        "end": when.window.end.isoformat(),
        "moments": moments_as_json(answer.moments),
    }


def review_as_json(review: Review) -> dict[str, object]:
    """The moments of several days, day by day; `summary` is null where they are no week or month."""
    return {
        "start": review.days[0].day.isoformat(),
        "end": review.days[-1].day.isoformat(),
        "summary": review.summary.content if review.summary else None,
        "figures": review.summary.metadata if review.summary else None,
        "state": review.state,
        "remarks": list(review.remarks),
        "days": [
            {
                "day": each.day.isoformat(),
                "remark": None if each.moments else each.remark,
                "moments": moments_as_json(each.moments),
            }
            for each in review.days
        ],
    }


def _state(view: PageView) -> str:
    page = view.page
    if page.dream is None:
        return "nothing recorded" if page.counts.is_empty else "undreamt"
    if page.dream.status != "complete":
        return {"writing": "unfinished"}.get(page.dream.status, page.dream.status)
    return "current" if view.arrived_since == 0 else "stale"
