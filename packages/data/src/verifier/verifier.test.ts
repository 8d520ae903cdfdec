import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "@ssl4rl/core";
import { describe, expect, it } from "vitest";
import { readQuestion } from "./question.js";
import { rewardFile } from "./reward-file.js";
import { scorer } from "./score.js";
import { nearMisses, vectors } from "./vectors.js";

const driver = fileURLToPath(new URL("./python-driver.py", import.meta.url));
const hasPython = spawnSync("python3", ["--version"]).status === 0;
if (!hasPython) console.warn("No python3 on this machine: nothing that is said of reward.py is tested.");

/** Values of Python expressions in reward.py's namespace; `x` there is the second of a pair. One process for all. */
function python(calls: readonly (readonly [expression: string, x?: unknown])[], path = "", modules: string[] = []) {
  const { stdout, stderr, status } = spawnSync("python3", [driver, rewardFile, ...modules], {
    input: calls.map(([expression, x = null]) => `${JSON.stringify([expression, x])}\n`).join(""),
    encoding: "utf8",
    env: { ...process.env, PYTHONPATH: path, PYTHONDONTWRITEBYTECODE: "1" },
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new Error(stderr);
  const values: unknown[] = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  return { values, stderr };
}

const row = {
  target: "2,1,3,4",
  answer: { kind: "permutation", n: 4, from: 1, separator: "," },
  protocol: "answer-only",
  reward: { accuracy: 1, format: 0.2, partial: 0.5 },
};
const right = { score: 1.2, acc: 1, partial: 1, format: 1, pred: "2,1,3,4", error: 0 };
const half = { score: 0.2 + 0.5 * 0.5, acc: 0, partial: 0.5, format: 1, pred: "1,2,3,4", error: 0 };
const malformed = { score: 0, acc: 0, partial: 0, format: 0, pred: "", error: 0 };
const refused = { ...malformed, error: 1 };

/** What no verifier can judge by, each with what the message must name. */
const brokenRows: readonly (readonly [unknown, RegExp])[] = [
  [{ ...row, target: "2,1,3" }, /target "2,1,3" is no answer/],
  [{ ...row, target: 7 }, /target should be .* text, got 7/],
  [{ ...row, target: undefined }, /target .* got nothing/],
  [{ ...row, protocol: "think-anser" }, /Did you mean "think-answer"/],
  [{ ...row, protocol: "toString" }, /No protocol "toString"/],
  [{ ...row, protocol: ["answer-only"] }, /protocol should be a name/],
  [{ ...row, answer: null }, /answer should be an object, got null/],
  [{ ...row, answer: "{" }, /answer should be an object or its JSON text/],
  [{ ...row, answer: "[1]" }, /answer should be an object, got \[1\]/],
  [{ ...row, answer: { kind: "word" } }, /answer\.kind .* got "word"/],
  ...["4", 0, -1, 1.5, 100, 1e30, true, null, [4]].map(
    (n) => [{ ...row, answer: { ...row.answer, n } }, /answer\.n should be a whole number/] as const,
  ),
  [{ ...row, answer: { ...row.answer, from: 2 } }, /answer\.from/],
  [{ ...row, answer: { ...row.answer, from: false } }, /answer\.from/],
  [{ ...row, answer: { ...row.answer, separator: ";" } }, /answer\.separator/],
  [{ ...row, answer: { ...row.answer, separator: "" } }, /answer\.separator/],
  [{ ...row, target: "1", answer: { kind: "grid", rows: 10, columns: 10 } }, /at most 99 cells/],
  ...["2,1", [], ["a", 1], ["Yes", "no", "YES"], ["ΟΔΟΣ", "οδος"]].map(
    (words) => [{ ...row, target: "a", answer: { kind: "one-of", words } }, /answer\.words/] as const,
  ),
  ...[
    { kind: "subset", words: ["a", "b"], count: 2 },
    { kind: "selection", words: ["a", "b"], count: 3 },
    { kind: "subset", words: ["a", "b"], count: 0 },
    { kind: "words", count: 1.5 },
    { kind: "words" },
  ].map((answer) => [{ ...row, target: "a", answer }, /answer\.count should be a whole number/] as const),
  [{ ...row, target: "a", answer: { kind: "any-subset", words: ["a", "b"], most: 2 } }, /answer\.most/],
  [{ ...row, target: "a", answer: { kind: "subset", words: ["a", "A"], count: 1 } }, /answer\.words/],
  [{ ...row, target: "a", answer: { kind: "text", ignored: ["a", 1], base: 0 } }, /answer\.ignored/],
  ...[1, -0.1, null, "0", true].map(
    (base) => [{ ...row, target: "a", answer: { kind: "text", ignored: [], base } }, /answer\.base/] as const,
  ),
  [{ ...row, target: ".", answer: { kind: "text", ignored: [], base: 0 } }, /target "\." is no answer/],
  [{ ...row, reward: undefined }, /reward should be an object/],
  [{ ...row, reward: { accuracy: 1, format: 0 } }, /reward\.partial should be a number/],
  [{ ...row, reward: { ...row.reward, accuracy: "1" } }, /reward\.accuracy/],
  [{ ...row, reward: { ...row.reward, accuracy: true } }, /reward\.accuracy/],
  [{ ...row, reward: { ...row.reward, partial: 1.5 } }, /reward\.partial should be 0\.\.1/],
  [{ ...row, reward: '{"accuracy": 1e999, "format": 0, "partial": 0}' }, /reward\.accuracy/],
  [null, /row should be an object, got null/],
];

describe("a row's question", () => {
  it("is judged by weights, answer kind and protocol alone", () => {
    const score = scorer(readQuestion(row));
    expect(score("<answer>2, 1, 3, 4</answer>")).toEqual(right);
    expect(score("<answer>1,2,3,4</answer>")).toEqual(half);
    expect(score("2,1,3,4")).toEqual(malformed);
  });

  it("may hold JSON text where a layout has no nested types", () => {
    const flat = { ...row, answer: JSON.stringify(row.answer), reward: JSON.stringify(row.reward) };
    expect(readQuestion(flat)).toEqual(row);
  });

  it.each(brokenRows)("is refused as %j", (broken, message) => {
    const read = () => scorer(readQuestion(broken));
    expect(read).toThrow(UserError);
    expect(read).toThrow(message);
  });
});

describe.skipIf(!hasPython)("reward.py", () => {
  it("agrees with this package on 24,000 completions such as models and cheats write, and on every near miss", () => {
    const all = [...vectors(24_000), ...nearMisses()];
    expect(all.length).toBeGreaterThan(35_000);
    const { values } = python(
      all.map(({ question: { target, answer, protocol, reward }, response }) => [
        "score(*x)",
        [response, target, answer, protocol, reward],
      ]),
    );
    const counts = { right: 0, wrong: 0, malformed: 0 };
    for (const [i, { question, response }] of all.entries()) {
      const score = scorer(readQuestion(question))(response);
      counts[score.acc === 1 ? "right" : score.format === 1 ? "wrong" : "malformed"]++;
      if (JSON.stringify(values[i]) === JSON.stringify(score)) continue;
      const { score: reward, ...verdict } = values[i] as typeof score;
      const { score: wanted, ...same } = score;
      expect(verdict, `vector ${i}: ${JSON.stringify({ question, response }).slice(0, 2000)}`).toEqual(same);
      expect(Math.abs(reward - wanted)).toBeLessThan(1e-12);
    }
    expect(values.length).toBe(all.length);
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(2000);
  });

  it("refuses the same rows, with error = 1, and says why on standard error", () => {
    const { values, stderr } = python(
      brokenRows.map(([broken]) => [
        "compute_score('set', '<answer>2,1,3,4</answer>', (x or {}).get('target'), x)",
        broken,
      ]),
    );
    for (const [i, value] of values.entries()) expect(value, JSON.stringify(brokenRows[i][0])).toEqual(refused);
    expect(stderr).toMatch(/reward\.py: cannot judge a row: .*the target '2,1,3' is no answer/);
    expect(stderr.split("\n").length).toBeLessThan(12);
  });

  it("is Python 3.9 without dependencies", () => {
    const parse = "__import__('ast').parse(open(x).read(), feature_version=(3, 9))";
    const imports = `[name.name for node in __import__('ast').walk(${parse}) if type(node).__name__ == 'Import' for name in node.names]`;
    expect(python([[imports, rewardFile]]).values).toEqual([
      ["collections", "json", "math", "re", "sys", "unicodedata"],
    ]);
  });

  const info = {
    index: 3,
    split: "train",
    ...row,
    answer: JSON.stringify(row.answer),
    reward: JSON.stringify(row.reward),
  };

  it("answers verl, one by one and in a batch", () => {
    const call = (solution: string) =>
      [
        "compute_score(data_source='ssl4rl', solution_str=x[0], ground_truth=x[1], extra_info=x[2], reward_model_tokenizer=None)",
        [solution, row.target, info],
      ] as const;
    const batch =
      "compute_scores(data_sources=['a', 'b'], solution_strs=x[0], ground_truths=x[1], extra_infos=tuple(x[2]))";
    const { values } = python([
      call("<answer>2, 1, 3, 4</answer>"),
      call("<answer>1,2,3,4</answer>"),
      call("well"),
      [
        batch,
        [
          ["<answer>2,1,3,4</answer>", "<answer>1,2,3,4</answer>"],
          [row.target, row.target],
          [info, info],
        ],
      ],
    ]);
    expect(values).toEqual([right, half, malformed, [right, half]]);
  });

  it("answers TRL, for messages and for texts, and logs its parts", () => {
    const { target, answer, protocol, reward } = info;
    const columns = Object.fromEntries(
      Object.entries({ target, answer, protocol, reward }).map(([name, value]) => [name, [value, value]]),
    );
    const texts = ["<answer>2,1,3,4</answer>", "<answer>1,2,3,4</answer>"];
    const messages = texts.map((content) => [{ role: "assistant", content }]);
    const { values } = python([
      ["reward_function(prompts=['', ''], completions=x[0], completion_ids=[[1], [2]], **x[1])", [texts, columns]],
      ["reward_function(['', ''], x[0], trainer_state=None, log_extra=None, **x[1])", [messages, columns]],
      [
        "(lambda log: (reward_function(None, x[0], log_metric=lambda *m: log.append(m), **x[1]), log))([])",
        [texts, columns],
      ],
    ]);
    const scores = [right.score, half.score];
    const logged = [
      ["acc", 0.5],
      ["format", 1],
      ["error", 0],
    ];
    expect(values).toEqual([scores, scores, [scores, logged]]);
  });

  it("answers EasyR1 by verl's name", () => {
    const ground_truth = JSON.stringify({ task: "jigsaw@1", ...row });
    const inputs = ["<answer>2,1,3,4</answer>", "<answer>1,2,3,4</answer>"].map((response) => ({
      response,
      response_length: 9,
      ground_truth,
    }));
    const { values } = python([["compute_score(x, some_option=1)", inputs], ["[REWARD_NAME, REWARD_TYPE]"]]);
    expect(values).toEqual([
      [
        { overall: right.score, accuracy: 1, partial: 1, format: 1, error: 0 },
        { overall: half.score, accuracy: 0, partial: 0.5, format: 1, error: 0 },
      ],
      ["ssl4rl", "batch"],
    ]);
  });

  it("registers with ms-swift when that is running, and leaves other packages of this name alone", () => {
    const folder = mkdtempSync(join(tmpdir(), "ssl4rl-swift-"));
    try {
      // The least of ms-swift that a reward is registered with.
      mkdirSync(join(folder, "swift"));
      writeFileSync(join(folder, "swift", "__init__.py"), "");
      const columns = "target=[x['target']], answer=[x['answer']], protocol=[x['protocol']], reward=[x['reward']]";
      const registered = `orms['ssl4rl'](None)(['<answer>2,1,3,4</answer>'], ${columns}, trainer_state=None)`;
      expect(python([["compute_score('', '', x['target'], x)['error']", info]], folder, ["swift"]).values).toEqual([0]);
      writeFileSync(
        join(folder, "swift", "rewards.py"),
        "class ORM:\n    def __init__(self, args=None, **kwargs):\n        self.args = args\norms = {}\n",
      );
      expect(python([[registered, info]], folder, ["swift"]).values).toEqual([[right.score]]);
      expect(python([["'orms' in globals()"]], folder).values).toEqual([false]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("raises for no input, and keeps the number and the shape of what it returns", () => {
    const odd = [
      ...[
        "None",
        "b'<answer>1</answer>'",
        "3",
        "float('nan')",
        "object()",
        "[]",
        "[None]",
        "{}",
        "{1: 2}",
        "'\\ud800'",
      ],
      ...["'{'", "'[' * 100000", "'{\"answer\":' * 100000", "'<answer>' * 125000", "' ' * 10**6", "'1,' * 500000"],
      ...[
        "{'answer': {'kind': []}}",
        "{'answer': '{}', 'protocol': {}, 'reward': '[]'}",
        "range(3)",
        "iter(())",
        "print",
      ],
    ];
    const good = "dict(target='1', answer={'kind': 'cell', 'n': 3}, protocol='answer-only', reward={})";
    const keys = Object.keys(refused).sort();
    const single = odd.flatMap((it) => [
      ...[
        `score(${it}, '1/1', {'kind': 'cell', 'n': 3}, 'answer-only', {})`,
        `score('', ${it}, {'kind': 'cell', 'n': 3}, 'answer-only', {'accuracy': 1, 'format': 0, 'partial': 0})`,
      ],
      ...[
        `score('', '', ${it}, 'answer-only', {})`,
        `score('', '', {}, ${it}, {})`,
        `score('', '', {}, 'answer-only', ${it})`,
      ],
      ...[
        `compute_score('set', ${it}, '1/1', ${good})`,
        `compute_score('set', '', ${it}, ${good})`,
        `compute_score('set', '', '1/1', ${it})`,
      ],
    ]);
    const lists = odd.flatMap((it) => [
      ...[
        `reward_function([], ['', ''], target=${it}, answer=${it}, protocol=${it}, reward=${it})`,
        `reward_function([], [${it}, ${it}])`,
      ],
      ...[`compute_score([${it}, ${it}])`, `compute_score([{'response': ${it}, 'ground_truth': ${it}}] * 2)`],
      ...[`compute_scores(${it}, ['', ''], ${it}, ${it})`, `compute_scores([], [${it}] * 2, ['1/1'] * 2, [${it}] * 2)`],
    ]);
    const anything = odd.flatMap((it) => [
      ...[`type(reward_function(${it}, ${it})).__name__`, `type(compute_scores(${it}, ${it})).__name__`],
    ]);
    const { values } = python([...single, ...lists, ...anything].map((expression) => [expression]));
    const [singles, batches] = [
      values.slice(0, single.length),
      values.slice(single.length, single.length + lists.length),
    ];
    for (const [i, value] of singles.entries()) expect(Object.keys(value as object).sort(), single[i]).toEqual(keys);
    for (const [i, value] of batches.entries()) {
      expect(value, lists[i]).toHaveLength(2);
      for (const one of value as unknown[]) {
        expect(one, lists[i]).toEqual(
          lists[i].startsWith("reward_function") ? 0 : expect.objectContaining({ error: 1 }),
        );
      }
    }
    expect(new Set(values.slice(single.length + lists.length))).toEqual(new Set(["list"]));
  });
});
