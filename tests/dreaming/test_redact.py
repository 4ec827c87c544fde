"""Secrets become their kind and a keyed hash; prose stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.dreaming.redact import redact

KEY = b"a key"
TAIL = "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"
SECRETS = {
    "openai-key": f"sk-proj-{TAIL}",
    "anthropic-key": f"sk-ant-api03-{TAIL}",
    "github-token": f"ghp_{TAIL}",
    "gitlab-token": f"glpat-{TAIL[:20]}",
    "aws-key": "AKIA" + "IOSFODNN7EXAMPLE",
    "google-key": f"AIza{TAIL[:35]}",
    "slack-token": "xoxb-" + "123456789012-abcdefABCDEF",
    "stripe-key": f"sk_live_{TAIL[:24]}",
    "huggingface-token": f"hf_{TAIL}",
    "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dBjftJeZ4CVPmB92K27uhbUJU1p1r",
    "iban": "DE89 3704 0044 0532 0130 00",
    "card": "4012 8888 8888 1881",
}


@pytest.mark.parametrize("kind", sorted(SECRETS))
def test_a_secret_is_replaced_by_its_kind(kind: str) -> None:
    shown = redact(f"it is {SECRETS[kind]} , keep it", KEY)
    assert shown.startswith(f"it is [{kind} ")
    assert shown.endswith("] , keep it")
    assert SECRETS[kind] not in shown


def test_a_password_in_a_url_goes_and_the_rest_of_the_url_stays() -> None:
    shown = redact("postgresql://ana:hunter22@db.example/app", KEY)
    assert shown.startswith("postgresql://ana:[password ")
    assert shown.endswith("]@db.example/app")


def test_a_private_key_goes_whole_also_when_it_is_cut_short() -> None:
    shown = redact("x\n-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nabc", KEY)
    assert shown.startswith("x\n[private-key ")
    assert "MIIEow" not in shown


@pytest.mark.parametrize(
    "text", ["API_KEY=Zx81kkQp09Lm", 'db_password: "v9K2m4Q8s1Wd"', "secret = h4Jk29dlQpZx7"]
)
def test_a_random_value_behind_a_telling_name_goes(text: str) -> None:
    assert "[secret " in redact(text, KEY)


@pytest.mark.parametrize(
    "text",
    [
        "I lost the token we talked about, password: something-simple",
        "Order 1234 5678 9012 3456 is on its way",
        "Version 0.64.1 of sk-learn is out; the secret: practise daily",
        "See commit 95597cc8f5c1612428fa4ab321afe2f173ac897f",
        "session 6f0c2e0a-6d5b-5f0e-9f6a-52454d445247",
        "Meet at 10:30, call +351 912 345 678",
        "https://example.org/a?b=c",
    ],
)
def test_prose_versions_ids_and_numbers_stay(text: str) -> None:
    assert redact(text, KEY) == text


def test_one_secret_has_one_mark_under_one_key_and_another_under_another() -> None:
    secret = SECRETS["github-token"]
    assert redact(secret, KEY) == redact(secret, KEY)
    assert redact(secret, KEY) != redact(secret, b"another key")


@given(st.text())
def test_redacting_twice_is_redacting_once(text: str) -> None:
    once = redact(text, KEY)
    assert redact(once, KEY) == once
