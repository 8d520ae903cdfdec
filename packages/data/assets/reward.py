"""Scores responses to the questions of the data set that this file lies beside.

One file, standard library only, Python 3.9 or newer: it can be copied anywhere. Entry points:

  verl     compute_score (and compute_scores for the manager `batch`)
  TRL      reward_function
  EasyR1   compute_score, which knows a batch by its first argument
  ms-swift the reward `ssl4rl`, once this file is loaded by --external_plugins

None of them raises: a row that cannot be judged scores 0 with `error` = 1, and the first few reasons go to standard error.
"""

import collections
import json
import math
import re
import sys
import unicodedata

# EasyR1 reads these two.
REWARD_NAME = "ssl4rl"
REWARD_TYPE = "batch"

# Marks in pairs (open, close): what a response consists of, each once, in this order.
PROTOCOLS = {
    "think-answer": ("<think>", "</think>", "<answer>", "</answer>"),
    "think-boxed": ("<think>", "</think>", "\\boxed{", "}"),
    "answer-only": ("<answer>", "</answer>"),
}

# What ECMAScript trims; str.strip() alone would take more, and not the byte order mark.
BLANKS = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)

# Characters allowed for each number of a sequence, or around a word of one: longer texts are not looked at.
ROOM = 16
# The same for a word that no list names.
LONGEST = 80

CELL = re.compile("([1-9][0-9]?)/([1-9][0-9]?)")
NUMBER = re.compile("0|[1-9][0-9]?")
COMMA = re.compile("[ \t]*,[ \t]*")
GAP = re.compile("[ \t]*,[ \t]*|[ \t]+")
LINE_END = re.compile("[ \t]*\r?\n[ \t]*")


def score(response, target, answer, protocol, weights):
    """Judges one response.

    target: the true answer, as the task prints it.
    answer: what an answer looks like: {"kind": "one-of", "words": [...]}, {"kind": "cell", "n": 3},
        {"kind": "permutation", "n": 4, "from": 1, "separator": ","}, {"kind": "grid", "rows": 2, "columns": 2},
        {"kind": "subset" or "selection", "words": [...], "count": 2}, {"kind": "any-subset", "words": [...], "most": 3},
        {"kind": "words", "count": 2} or {"kind": "text", "ignored": [...], "base": 0.1}; a dict or its JSON text.
    protocol: a key of PROTOCOLS.
    weights: {"accuracy": ..., "format": ..., "partial": ...}, a dict or its JSON text.

    Returns always the same keys: score, the reward; acc, 1 for the true answer; partial, the share of right parts;
    format, 1 for a response in the form; pred, the answer as read, "" without one; error, 1 when the row cannot be judged.
    """
    try:
        return _judge(response, target, _fields(answer), protocol, _fields(weights))
    except Exception as error:
        _report(error)
        return {"score": 0.0, "acc": 0.0, "partial": 0.0, "format": 0.0, "pred": "", "error": 1.0}


def compute_score(data_source=None, solution_str=None, ground_truth=None, extra_info=None, **kwargs):
    """verl: one response, a dict. EasyR1 calls by the same name with a list of inputs, and gets a list of dicts."""
    if isinstance(data_source, (list, tuple)):
        return [_easyr1(item) for item in data_source]
    row = _fields(extra_info)
    return score(solution_str, ground_truth, row.get("answer"), row.get("protocol"), row.get("reward"))


def compute_scores(data_sources=None, solution_strs=None, ground_truths=None, extra_infos=None, **kwargs):
    """verl's manager `batch`: one dict per response."""
    responses = _items(solution_strs)
    truths = _column(ground_truths, len(responses))
    infos = _column(extra_infos, len(responses))
    return [compute_score(None, *row) for row in zip(responses, truths, infos)]


def reward_function(prompts=None, completions=None, completion_ids=None, log_metric=None, **columns):
    """TRL: one reward per completion, which is a text or a list of messages."""
    verdicts = _verdicts(completions, columns)
    if verdicts and callable(log_metric):
        for name in ("acc", "format", "error"):
            log_metric(name, sum(verdict[name] for verdict in verdicts) / len(verdicts))
    return [verdict["score"] for verdict in verdicts]


def _easyr1(item):
    """EasyR1 hands over nothing but the response and the row's answer, so that is JSON text of all that is needed."""
    item = _fields(item)
    row = _fields(item.get("ground_truth"))
    verdict = score(item.get("response"), row.get("target"), row.get("answer"), row.get("protocol"), row.get("reward"))
    return {
        "overall": verdict["score"],
        "accuracy": verdict["acc"],
        "partial": verdict["partial"],
        "format": verdict["format"],
        "error": verdict["error"],
    }


def _verdicts(completions, columns):
    texts = [_text(completion) for completion in _items(completions)]
    names = ("target", "answer", "protocol", "reward")
    rows = zip(*(_column(columns.get(name), len(texts)) for name in names))
    return [score(text, *row) for text, row in zip(texts, rows)]


def _judge(response, target, answer, protocol, weights):
    if not isinstance(response, str):
        raise ValueError(f"the response should be a text, got {response!r}")
    if protocol not in PROTOCOLS:
        raise ValueError(f"no protocol {protocol!r}")
    spec = _checked(answer)
    accuracy, form, share = (_weight(weights, name) for name in ("accuracy", "format", "partial"))
    if not 0 <= share <= 1:
        raise ValueError(f"the weight partial should be 0..1, got {share}")
    truth = _parse(spec, target)
    if truth is None:
        raise ValueError(f"the target {target!r} is no answer of the kind {spec!r}")
    text = _read(response, protocol)
    given = None if text is None else _parse(spec, text)
    if given is None:
        return {"score": 0.0, "acc": 0.0, "partial": 0.0, "format": 0.0, "pred": "", "error": 0.0}
    partial = _compare(spec, given, truth)
    right = partial == 1
    return {
        "score": accuracy * (1 if right else share * partial) + form,
        "acc": 1.0 if right else 0.0,
        "partial": partial,
        "format": 1.0,
        "pred": _print(spec, given),
        "error": 0.0,
    }


def _read(response, protocol):
    """The text of the answer block, trimmed; None when the response is not in the form or the block is empty."""
    marks = PROTOCOLS[protocol]
    text = response.strip(BLANKS)
    at = 0
    body = ""
    for i in range(0, len(marks), 2):
        opening, closing = marks[i], marks[i + 1]
        found = text.find(opening, at)
        if found < 0 or text[at:found].strip(BLANKS):
            return None
        start = found + len(opening)
        # The closing brace of \boxed{} may occur in the reasoning, so the last block closes at the end of the text.
        last = i + 2 == len(marks)
        end = len(text) - len(closing) if last else text.find(closing, start)
        if end < start or not text.startswith(closing, end):
            return None
        body = text[start:end]
        at = end + len(closing)
    if any(text.find(mark) != text.rfind(mark) for mark in marks if mark != "}"):
        return None
    body = body.strip(BLANKS)
    if protocol == "think-boxed" and ("{" in body or "}" in body):
        return None
    return body or None


def _parse(spec, text):
    """The parts of an answer; None when the text is not exactly one well-formed answer."""
    kind = spec["kind"]
    if kind == "one-of":
        word = {word.lower(): word for word in spec["words"]}.get(text.lower())
        return None if word is None else [word]
    if kind == "cell":
        match = CELL.fullmatch(text)
        return [text] if match and all(int(number) <= spec["n"] for number in match.groups()) else None
    if kind == "permutation":
        if len(text) > ROOM * spec["n"]:
            return None
        words = COMMA.split(text) if spec["separator"] == "," else text.split("-")
        return _arrangement(words, spec["n"], spec["from"])
    if kind in ("subset", "selection", "any-subset"):
        return _listed(spec, text)
    if kind == "words":
        words = COMMA.split(text) if _units(text) <= LONGEST * spec["count"] else []
        words = [unicodedata.normalize("NFKC", word).lower() for word in words]
        return words if len(words) == spec["count"] and all(map(_is_word, words)) else None
    if kind == "text":
        return _words(text) or None
    rows, columns = spec["rows"], spec["columns"]
    if len(text) > ROOM * rows * columns:
        return None
    lines = [GAP.split(line) for line in LINE_END.split(text)]
    if len(lines) != rows or any(len(line) != columns for line in lines):
        return None
    return _arrangement([word for line in lines for word in line], rows * columns, 1)


def _arrangement(words, count, first):
    """The numbers first, first + 1, ... in any order, each once."""
    if len(words) != count or not all(NUMBER.fullmatch(word) for word in words):
        return None
    numbers = [int(word) for word in words]
    return numbers if sorted(numbers) == list(range(first, first + count)) else None


def _listed(spec, text):
    """Different words of a closed list, between commas; in the order of the list where their order means nothing."""
    words = spec["words"]
    most = spec.get("count", len(words))
    if _units(text) > (max(map(_units, words)) + ROOM) * most:
        return None
    place_of = {word.lower(): place for place, word in enumerate(words)}
    places = [place_of.get(word.lower()) for word in COMMA.split(text)]
    if len(places) > most or None in places or len(set(places)) != len(places):
        return None
    if "count" in spec and len(places) != most:
        return None
    return [words[place] for place in (places if spec["kind"] == "selection" else sorted(places))]


def _units(text):
    """Length as ECMAScript counts it, in units of UTF-16."""
    return len(text) + sum(char > "\uffff" for char in text)


def _is_word(text):
    return text != "" and all(unicodedata.category(char)[0] in "LN" for char in text)


def _words(text):
    """Runs of letters and digits, in NFKC and lower case."""
    text = unicodedata.normalize("NFKC", text).lower()
    return [word for word in "".join(c if unicodedata.category(c)[0] in "LN" else " " for c in text).split(" ") if word]


def _compare(spec, given, truth):
    """What an answer earns beside the truth, 0..1."""
    kind = spec["kind"]
    if kind == "subset":
        return _above(sum(word in truth for word in given) / spec["count"], spec["count"] / len(spec["words"]))
    if kind == "any-subset":
        both = sum(word in truth for word in given)
        return _above(both / (len(given) + len(truth) - both), len(truth) / len(spec["words"]))
    if kind == "text":
        if len(given) > 2 * len(truth):
            return 0.0
        left, right = [[word for word in text if word not in spec["ignored"]] for text in (given, truth)]
        common = sum((collections.Counter(left) & collections.Counter(right)).values())
        return _above(2 * common / (len(left) + len(right)) if common else 0.0, spec["base"])
    return sum(a == b for a, b in zip(given, truth)) / len(truth)


def _above(share, blind):
    return max(0.0, (share - blind) / (1 - blind))


def _print(spec, parts):
    if spec["kind"] == "permutation":
        return spec["separator"].join(map(str, parts))
    if spec["kind"] == "grid":
        columns = spec["columns"]
        return "\n".join(" ".join(map(str, parts[i : i + columns])) for i in range(0, len(parts), columns))
    if spec["kind"] == "text":
        return " ".join(parts)
    if spec["kind"] in ("subset", "selection", "any-subset", "words"):
        return ", ".join(parts)
    return parts[0]


def _checked(answer):
    """The spec with whole numbers as int, whatever it was stored as."""
    kind = answer.get("kind")
    if kind == "one-of":
        return {"kind": kind, "words": _different(answer)}
    if kind in ("subset", "selection", "any-subset"):
        words = _different(answer)
        name, most = ("most", len(words) - 1) if kind == "any-subset" else ("count", len(words) - (kind == "subset"))
        return {"kind": kind, "words": words, name: _whole(answer, name, 1, most)}
    if kind == "words":
        return {"kind": kind, "count": _whole(answer, "count", 1, 99)}
    if kind == "text":
        ignored, base = answer.get("ignored"), answer.get("base")
        if not isinstance(ignored, list) or not all(isinstance(word, str) for word in ignored):
            raise ValueError(f"ignored should be a list of texts, got {ignored!r}")
        if type(base) not in (int, float) or not 0 <= base < 1:
            raise ValueError(f"base should be 0 or more and below 1, got {base!r}")
        return {"kind": kind, "ignored": frozenset(ignored), "base": base}
    if kind == "cell":
        return {"kind": kind, "n": _whole(answer, "n", 1, 99)}
    if kind == "permutation":
        if answer.get("separator") not in (",", "-"):
            raise ValueError(f"the separator should be a comma or a hyphen, got {answer.get('separator')!r}")
        n, first = _whole(answer, "n", 1, 99), _whole(answer, "from", 0, 1)
        return {"kind": kind, "n": n, "from": first, "separator": answer["separator"]}
    if kind == "grid":
        rows, columns = _whole(answer, "rows", 1, 99), _whole(answer, "columns", 1, 99)
        if rows * columns > 99:
            raise ValueError(f"a grid should have at most 99 cells, got {rows} x {columns}")
        return {"kind": kind, "rows": rows, "columns": columns}
    raise ValueError(f"no kind of answer {answer!r}")


def _different(answer):
    words = answer.get("words")
    texts = isinstance(words, list) and all(isinstance(word, str) for word in words)
    if not texts or not words or len({word.lower() for word in words}) != len(words):
        raise ValueError(f"words should be a list of different texts, got {words!r}")
    return words


def _whole(fields, name, low, high):
    value = fields.get(name)
    if type(value) not in (int, float) or value not in range(low, high + 1):
        raise ValueError(f"{name} should be a whole number from {low} to {high}, got {value!r}")
    return int(value)


def _weight(weights, name):
    value = weights.get(name)
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ValueError(f"the weight {name} should be a number, got {value!r}")
    return float(value)


def _fields(value):
    """A dict, or the one that a JSON text holds; empty when there is none, and then refused for what is missing."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except Exception as error:
            _report(error)
    return value if isinstance(value, dict) else {}


def _items(values):
    """A list, tuple or array as a list; empty when it is none, as a text is none."""
    try:
        return [] if isinstance(values, (str, bytes)) else list(values)
    except Exception as error:
        _report(error)
        return []


def _column(values, count):
    """One value per response; all None, and then refused one by one, when there are more or fewer."""
    values = [] if values is None else _items(values)
    return values if len(values) == count else [None] * count


def _text(completion):
    """What the assistant said last."""
    if isinstance(completion, (list, tuple)) and completion:
        completion = completion[-1]
    return completion.get("content") if isinstance(completion, dict) else completion


_reported = set()


def _report(error):
    """Says what is wrong: scores of 0 alone would look like a model that learns nothing."""
    try:
        message = ascii(error)[:300]
        if message in _reported or len(_reported) >= 10:
            return
        _reported.add(message)
        print(f"reward.py: cannot judge a row: {message}", file=sys.stderr)
    except Exception:
        pass


# ms-swift is running already when it loads this file; importing it for another trainer would take seconds.
if "swift" in sys.modules:
    try:
        from swift.rewards import ORM, orms
    except ImportError:
        pass
    else:

        class SSL4RL(ORM):
            """--reward_funcs ssl4rl: completions are texts; the row's columns come as lists by their names."""

            def __call__(self, completions=None, **columns):
                return [verdict["score"] for verdict in _verdicts(completions, columns)]

        orms["ssl4rl"] = SSL4RL
