"""Evaluates expressions in the namespace of reward.py, whose path is the first argument: JSON lines [expression, x]
in, values out as JSON lines; what raises gives {"raised": ...}. Modules named by further arguments are imported before."""

import importlib.util
import json
import sys

for module in sys.argv[2:]:
    importlib.import_module(module)
spec = importlib.util.spec_from_file_location("reward", sys.argv[1])
reward = importlib.util.module_from_spec(spec)
spec.loader.exec_module(reward)

names = vars(reward)
compiled = {}
for line in sys.stdin.buffer:
    expression, x = json.loads(line)
    if expression not in compiled:
        compiled[expression] = compile(expression, "driver", "eval")
    names["x"] = x
    try:
        value = eval(compiled[expression], names)
    except BaseException as error:
        value = {"raised": repr(error)}
    print(json.dumps(value, allow_nan=False))
