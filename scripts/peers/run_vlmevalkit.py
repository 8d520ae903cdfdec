"""What VLMEvalKit takes from responses, and how it scores a table.   python run_vlmevalkit.py CHECKOUT CASES TABLE OUT

CASES is JSON, [[choices, response], ...]; TABLE a TSV of its own layout with a column `prediction`. OUT is JSON: `answers` has
a letter or null for each case, `hits` 1 or 0 for each row by its index, `groups` for each question with all its turns.
"""

import json
import sys
import types
from pathlib import Path

checkout, cases, table, out = map(Path, sys.argv[1:])
sys.path.insert(0, str(checkout))
# These packages import every model and data set when they are imported themselves; their modules do without.
for name in ("vlmeval", "vlmeval.dataset", "vlmeval.dataset.utils"):
    package = types.ModuleType(name)
    package.__path__ = [str(checkout.joinpath(*name.split(".")))]
    sys.modules[name] = package

import pandas as pd  # noqa: E402
from vlmeval.dataset.utils.multiple_choice import mcq_circular_eval, mcq_vanilla_eval  # noqa: E402
from vlmeval.utils import can_infer, matching_util  # noqa: E402

answers = [can_infer(response, dict(choices)) or None for choices, response in json.loads(cases.read_text())]


def scored(evaluate, name):
    data = pd.read_csv(table, sep="\t")
    # Its own files of predictions lose what pandas takes for missing: an empty response becomes "nan" there, whose "a" may be
    # a choice. That is no rule of reading.
    data["prediction"] = pd.read_csv(table, sep="\t", usecols=["prediction"], keep_default_na=False)["prediction"]
    rows = evaluate(None, data.copy(), data.copy(), 1, str(out.with_name(f"{name}.pkl")), "MMBench")
    return {str(index): int(hit) for index, hit in zip(rows["index"], rows["hit"])}


out.write_text(
    json.dumps(
        {
            "readsAnswerIs": hasattr(matching_util, "_VERBOSE_ANSWER_RE"),
            "answers": answers,
            "hits": scored(mcq_vanilla_eval, "vanilla"),
            "groups": scored(mcq_circular_eval, "circular"),
        }
    )
)
