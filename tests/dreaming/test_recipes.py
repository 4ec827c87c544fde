"""Which days were made with which recipe."""

from rem_dagster.dreaming.recipes import maker_of, recipes_of
from rem_dagster.model.dream import Dream


def row(
    day: str, recipe: str, *, user: str = "ines", model: str | None = None, status: str = "complete"
) -> Dream:
    return Dream.model_validate(
        {
            "id": f"{user}/{day}",
            "user_id": user,
            "partition_key": day,
            "status": status,
            "input_digest": "x",
            "input_hash": "x",
            "recipe": recipe,
            "engine": "llm" if model else "offline",
            "model": model,
            "agentlet": "moment-generator",
            "agentlet_version": "1.0.0",
            "dream_id": "d",
        }
    )


def test_days_are_counted_by_recipe_the_chosen_one_first() -> None:
    rows = [
        row("2025-10-06", "r1"),
        row("2025-10-07", "r2", model="gpt-5-mini"),
        row("2025-10-08", "r1"),
        row("2025-10-09", "r2", model="gpt-5-mini"),
        row("2025-10-10", "r3"),
    ]
    found = recipes_of(rows, chosen="r2")
    assert [(each.recipe, each.days, each.first_day, each.last_day, each.is_chosen) for each in found] == [
        ("r2", 2, "2025-10-07", "2025-10-09", True),
        ("r3", 1, "2025-10-10", "2025-10-10", False),
        ("r1", 2, "2025-10-06", "2025-10-08", False),
    ]
    assert [each.maker for each in found] == ["gpt-5-mini 1.0.0", "offline 1.0.0", "offline 1.0.0"]


def test_a_day_of_two_users_is_one_day() -> None:
    (found,) = recipes_of([row("2025-10-06", "r"), row("2025-10-06", "r", user="ana")], chosen=None)
    assert (found.days, found.is_chosen) == (1, False)


def test_a_day_that_failed_or_was_left_half_written_is_of_no_recipe() -> None:
    rows = [row("2025-10-06", "r", status="failed"), row("2025-10-07", "r", status="writing")]
    assert recipes_of(rows, chosen="r") == []


def test_a_maker_is_the_model_or_the_engine_that_needs_none() -> None:
    assert maker_of("llm", "fake-1", "1.2.0") == "fake-1 1.2.0"
    assert maker_of("offline", None, "1.0.0") == "offline 1.0.0"
