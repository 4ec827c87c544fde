"""Where are a home's answers: on this machine, or beside its tables on S3?"""

from rem_dagster.llm.answer_place import AnswerPlace
from rem_dagster.llm.answers_on_disk import LocalPlace
from rem_dagster.settings import Home


def answers_of(home: Home) -> AnswerPlace:
    """The place of a home's answers; nothing is made or looked at yet."""
    if home.cache_uri is None:
        return LocalPlace(home.cache_path)
    from rem_dagster.llm.answers_on_s3 import S3Place

    return S3Place(home.cache_uri, home.settings.storage_options, machine=home.cache_path)
