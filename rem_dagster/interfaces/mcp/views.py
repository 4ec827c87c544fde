"""What does an answer to an agent consist of?"""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from rem_dagster.interfaces.mcp.labelled import NOTICE, one_line, visible
from rem_dagster.interfaces.mcp.served import Served, utc
from rem_dagster.model.moment import Moment
from rem_dagster.model.words import Trust

Kind = Literal["moment", "message", "resource", "summary", "session"]


class View(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(frozen=True)


class Answer(View):
    """An answer that holds stored text."""

    notice: str = NOTICE


class MomentView(View):
    """A moment as an agent reads it."""

    id: str
    url: str
    title: str
    summary: str
    moment_type: str
    start_local: str
    end_local: str
    start_utc: str
    end_utc: str
    outcomes: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    trust: Trust


def url_of(kind: str, item_id: str) -> str:
    """The address by which an item is read as a resource, and cited."""
    return f"rem://{kind}/{item_id}"


def moment_view(moment: Moment, served: Served) -> MomentView:
    """A moment without its quotes and sources, which `fetch` has."""
    return MomentView(
        id=moment.id,
        url=url_of("moment", moment.id),
        title=one_line(moment.name),
        summary=visible(moment.summary),
        moment_type=moment.moment_type,
        start_local=served.local(moment.start_time),
        end_local=served.local(moment.end_time),
        start_utc=utc(moment.start_time),
        end_utc=utc(moment.end_time),
        outcomes=tuple(map(one_line, moment.outcomes)),
        people=tuple(map(one_line, moment.people)),
        tags=moment.tags,
        trust=moment.trust,
    )
