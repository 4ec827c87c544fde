"""Write `schema/core/*.json` from the models."""

import json
from pathlib import Path

from rem_dagster.model.contract import core_schemas

if __name__ == "__main__":
    folder = Path(__file__).parents[2] / "schema" / "core"
    folder.mkdir(exist_ok=True)
    for name, schema in core_schemas().items():
        text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
