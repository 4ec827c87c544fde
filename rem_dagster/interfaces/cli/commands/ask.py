"""How does `rem ask` answer a question in plain words?"""

from typing import TYPE_CHECKING, Annotated

import typer

from rem_dagster.interfaces.cli.options import HomeOption, JsonOption, UserOption, given_in

if TYPE_CHECKING:
    from rem_dagster.interfaces.cli.opening import Opened
    from rem_dagster.llm.interface import Forecast


def run(
    context: typer.Context,
    *,
    question: Annotated[list[str], typer.Argument(metavar="QUESTION...", hidden=True)],
    when: Annotated[
        str | None,
        typer.Option(
            "--when", metavar="TIME", help="The time it is about: 'last week', 'tuesday afternoon'."
        ),
    ] = None,
    case: Annotated[
        str | None, typer.Option("--case", metavar="CASE", help="Only what cites sessions of this case.")
    ] = None,
    no_dream: Annotated[bool, typer.Option("--no-dream", help="Answer from what is dreamt already.")] = False,
    llm: Annotated[
        str | None, typer.Option("--llm", metavar="MODEL", help="The model that writes; 'offline' for none.")
    ] = None,
    estimate: Annotated[bool, typer.Option("--estimate", help="Say what it would cost; do nothing.")] = False,
    max_cost: Annotated[
        float | None, typer.Option("--max-cost", min=0, metavar="USD", help="Stop before this is passed.")
    ] = None,
    accept_unknown_price: Annotated[
        bool, typer.Option("--accept-unknown-price", help="Ask a model of which nobody knows the price.")
    ] = False,
    limit: Annotated[
        int, typer.Option("--limit", "-n", metavar="N", min=1, max=50, help="Moments or quotes told at most.")
    ] = 5,
    home: HomeOption = None,
    user: UserOption = None,
    as_json: JsonOption = False,
) -> int:
    """Answer a question, each sentence with its sources.

    Without a model the answer is composed from moments and messages. Days of the
    question that are out of date are dreamt first; of a question that names no
    time, yesterday and today. Where nothing that was found tells of it, the answer
    is "I do not know" (exit code 0; `known` is false in --json).

    \b
    Examples:
      rem ask summarize my week
      rem ask "when did I last work on DiskANN, and what came of it?"
      rem ask "what did Ana say about the concert?" --when "last month"
      rem ask "what did I learn this week?" --llm gpt-5-mini --max-cost 0.05
    """
    from rem_dagster.errors import InputError
    from rem_dagster.interfaces.cli.answered import answer_as_json, show_answer
    from rem_dagster.interfaces.cli.failure import DONE
    from rem_dagster.interfaces.cli.opening import empty_home, open_existing, reader_of
    from rem_dagster.interfaces.cli.output import note, show, show_json
    from rem_dagster.interfaces.cli.words import counted

    words = " ".join(question)
    if not words.strip():
        raise InputError('There is no question. Ask something: rem ask "what did I do yesterday?"')
    opened = open_existing(given_in(context, home=home, user=user), llm=llm)
    if opened.is_empty:
        if as_json:
            show_json({"question": words, "known": False, "answer": "", "sentences": [], "citations": []})
        else:
            show(empty_home(opened.home))
        return DONE
    from rem_dagster.memory import Memory

    reader = reader_of(opened)
    memory = Memory(opened.home, reader)
    if estimate:
        forecast = memory.estimate_ask(words, user_id=reader, when=when, case_id=case, limit=limit)
        return _show_estimate(opened, forecast, as_json=as_json)
    _say_whom(opened, as_json=as_json)
    answer = memory.ask(
        words,
        user_id=reader,
        max_cost_usd=max_cost,
        dream=not no_dream,
        when=when,
        case_id=case,
        limit=limit,
        accept_unknown_price=accept_unknown_price,
        on_dream=lambda days: note(f"Dreaming {counted(days, 'day')} first (--no-dream skips it)."),
    )
    if as_json:
        show_json(answer_as_json(answer, opened.zone))
    else:
        show_answer(answer, opened)
    return DONE


def _say_whom(opened: "Opened", *, as_json: bool) -> None:
    """Say which model is asked, and where, before anything is sent."""
    from rem_dagster.dreaming.draft.choice import is_offline
    from rem_dagster.interfaces.cli.output import note
    from rem_dagster.llm.endpoints import endpoint_of

    settings = opened.home.settings
    if not as_json and not is_offline(opened.home):
        address = endpoint_of(settings.llm or "", base_url=settings.llm_base_url).address
        note(f"Asking {settings.llm} at {address}. `rem audit` lists what was sent.")


def _show_estimate(opened: "Opened", forecast: "Forecast", *, as_json: bool) -> int:
    from dataclasses import asdict

    from rem_dagster.dreaming.draft.choice import is_offline
    from rem_dagster.interfaces.cli.dream_cost import forecast_words
    from rem_dagster.interfaces.cli.failure import DONE
    from rem_dagster.interfaces.cli.output import show, show_json

    if as_json:
        show_json(asdict(forecast))
    elif is_offline(opened.home):
        show("0 calls, $0.00: no model is chosen, so the answer is composed from moments.")
    elif not forecast.calls:
        show("0 calls, $0.00: the answer is kept from before, or nothing was found to ask about.")
    else:
        show(f"An answer by {opened.home.settings.llm}: {forecast_words(forecast)}, if it holds at once.")
        show(f"Days out of date are not in it: {opened.command('dream', '--estimate')}")
    return DONE
