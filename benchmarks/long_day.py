"""Does a day that is far larger than a model's context end, with nothing rejected and nothing left out?

    python benchmarks/long_day.py --characters 2000000 --context 8192

One day of chat and long notes; the server counts tokens by a rule of its own and rejects what passes its
context. Prints calls, seconds, rejected requests, coverage and inputs that two work sessions share.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from rem_dagster.dreaming.draft.choice import choose_engine
from rem_dagster.dreaming.dream import DreamPlan, dream
from rem_dagster.settings import open_home
from rem_dagster.store.database import Store
from tests.activity import fill
from tests.long_days import long_day
from tests.model_server import read_log, running


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--characters", type=int, default=2_000_000)
    parser.add_argument("--context", type=int, default=8192)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with running("--log", str(log), "--context", str(asked.context)) as url:
            flags = {"timezone": "UTC", "llm": "fake-1", "llm_base_url": url}
            home = open_home(
                Path(folder) / "home", create=True, flags={**flags, "llm_context_tokens": asked.context}
            )
            store = Store(home.tables_uri)
            store.create()
            items = long_day(asked.characters)
            fill(home, store, items)
            began, cpu = time.perf_counter(), time.process_time()
            report = dream(home, store, choose_engine(home), DreamPlan())
            seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        said = Counter(line["said"].partition(":")[0] for line in read_log(log))
        [row] = store.read("dreams").to_pylist()
        cited = Counter(
            source
            for moment in store.read("moments").to_pylist()
            if moment["moment_type"] == "work_session"
            for source in json.loads(moment["metadata"])["source_ids"]
        )
        prompts = [line["prompt_tokens"] for line in read_log(log) if "prompt_tokens" in line]
    print(f"{os.cpu_count()} cores, n = 1, {asked.characters:,} characters, context {asked.context:,}")
    print(f"{row['status']}: {seconds:.1f} s ({cpu:.1f} CPU s), {dict(said)}, error {row['error']}")
    print(f"failed days {len(report.failed)}, largest prompt {max(prompts, default=0):,} tokens")
    print(f"coverage {row['coverage']}, inputs in two work sessions {sum(n > 1 for n in cited.values())}")
    print(f"counts {row['counts']}")


if __name__ == "__main__":
    main()
