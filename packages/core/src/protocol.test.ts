import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answerOnly, type Protocol, protocols, thinkAnswer, thinkBoxed } from "./protocol.js";

/** The blocks of a protocol, as written by hand: what opens one, what closes it, and what may not stand inside. */
interface Block {
  readonly open: string;
  readonly close: string;
  readonly forbidden: readonly string[];
}

const grammars = new Map<Protocol, readonly Block[]>([
  [
    thinkAnswer,
    [
      { open: "<think>", close: "</think>", forbidden: ["<think>", "<answer>", "</answer>"] },
      { open: "<answer>", close: "</answer>", forbidden: ["<think>", "</think>", "<answer>"] },
    ],
  ],
  [
    thinkBoxed,
    [
      { open: "<think>", close: "</think>", forbidden: ["<think>", "\\boxed{"] },
      { open: "\\boxed{", close: "}", forbidden: ["<think>", "</think>", "\\boxed{", "{"] },
    ],
  ],
  [answerOnly, [{ open: "<answer>", close: "</answer>", forbidden: ["<answer>"] }]],
]);

/** The grammar once more, as a machine over tokens: outside or inside block `at`, one token after the other. */
function oracle(protocol: Protocol, response: string): string | null {
  const grammar = grammars.get(protocol)!;
  const tokens = response
    .split(/(<think>|<\/think>|<answer>|<\/answer>|\\boxed\{|[{}])/)
    .filter((token) => token !== "");
  let at = 0;
  let inside = false;
  let body = "";
  for (const token of tokens) {
    const block = grammar[at];
    if (inside && token === block.close) {
      inside = false;
      at++;
    } else if (inside) {
      if (block.forbidden.includes(token)) return null;
      body += token;
    } else if (block && token === block.open) {
      inside = true;
      body = "";
    } else if (/\S/.test(token)) return null;
  }
  return at === grammar.length && /\S/.test(body) ? body.replace(/^\s+|\s+$/g, "") : null;
}

describe.each(protocols.map((protocol) => [protocol.name, protocol] as const))("%s", (_, protocol) => {
  it("reads the answer out of a response it wrapped", () => {
    const word = fc.stringMatching(/^[0-9A-Za-z/, °-]*[0-9A-Za-z]$/).map((text) => text.trim());
    const thought = fc.string().filter((text) => !/think>|answer>|boxed/.test(text));
    fc.assert(
      fc.property(word, thought, (answer, thinking) => {
        expect(protocol.read(protocol.wrap(answer))).toBe(answer);
        expect(protocol.read(protocol.wrap(answer, thinking))).toBe(answer);
      }),
    );
  });

  it("allows blanks around the blocks and around the answer", () => {
    const response = protocol.wrap(" \n90\t").replace("</think> ", "\n</think>\n\n ");
    expect(protocol.read(` \n${response}\n\n`)).toBe("90");
  });

  it("shows in its instruction a form that it reads", () => {
    const form = protocol.instruction.slice(protocol.instruction.indexOf(": ") + 2);
    expect(protocol.read(form)).toBe("X");
  });

  it("refuses text before, after and between the blocks", () => {
    const response = protocol.wrap("90");
    expect(protocol.read(`The answer: ${response}`)).toBeNull();
    expect(protocol.read(`${response}.`)).toBeNull();
    if (protocol !== answerOnly) expect(protocol.read(response.replace("</think>", "</think> so"))).toBeNull();
  });

  it("refuses a missing, a doubled and a bare answer", () => {
    expect(protocol.read("")).toBeNull();
    expect(protocol.read("90")).toBeNull();
    expect(protocol.read(protocol.wrap(""))).toBeNull();
    expect(protocol.read(protocol.wrap(" \n "))).toBeNull();
    expect(protocol.read(protocol.wrap("90") + protocol.wrap("90"))).toBeNull();
  });

  it("refuses a response that lacks, repeats or swaps any one of its marks", () => {
    const marks = protocol.wrap("90", "a turn").match(/<\/?think>|<\/?answer>|\\boxed\{|\}/g)!;
    const whole = protocol.wrap("90", "a turn");
    for (const mark of marks) {
      expect(protocol.read(whole.replace(mark, "")), `without ${mark}`).toBeNull();
      expect(protocol.read(whole.replace(mark, mark + mark)), `doubled ${mark}`).toBeNull();
    }
    expect(protocol.read(marks.toReversed().join(" 90 "))).toBeNull();
  });

  it("reads a megabyte of any shape without an exception", () => {
    const million = 2 ** 20;
    const fill = (piece: string) => piece.repeat(Math.ceil(million / piece.length));
    for (const piece of [
      " ",
      "x",
      "\n",
      "<think>",
      "</think>",
      "<answer>",
      "</answer>",
      "\\boxed{",
      "}",
      "<",
      "<answer> ",
    ]) {
      const text = fill(piece);
      expect(protocol.read(text)).toBe(oracle(protocol, text));
      expect(protocol.read(protocol.wrap(text))).toBe(oracle(protocol, protocol.wrap(text)));
      expect(protocol.read(text + protocol.wrap("90"))).toBe(oracle(protocol, text + protocol.wrap("90")));
    }
    expect(protocol.read(protocol.wrap("90", fill("word ")))).toBe("90");
  });

  it("agrees with a second, token by token reading of the grammar on any mix of marks and words", () => {
    const piece = fc.constantFrom(
      ...["<think>", "</think>", "<answer>", "</answer>", "\\boxed{", "}", "{", "<", ">", "\\boxed", "<Answer>"],
      ...["90", " ", "\n", "so", "<answer>90</answer>", "<think></think>", "<think>a</think> <answer>90</answer>"],
      ...["<think>a</think> \\boxed{90}", "\u00a0", "</ answer>", "<<answer>"],
    );
    let read = 0;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
        const text = pieces.join("");
        const expected = oracle(protocol, text);
        if (expected !== null) read++;
        expect(protocol.read(text)).toBe(expected);
      }),
      { numRuns: 5000, seed: 1 },
    );
    expect(read).toBeGreaterThan(20);
  });

  it("agrees with the second reading on small damage to a good response", () => {
    const cut = fc.tuple(fc.nat(70), fc.nat(70), fc.constantFrom("", " ", "<", "}", "<answer>", "</think>", "90"));
    fc.assert(
      fc.property(cut, ([from, length, insert]) => {
        const whole = protocol.wrap("90", "It is {turned}.".replace(/[{}]/g, protocol === thinkBoxed ? "$&" : ""));
        const text = whole.slice(0, from) + insert + whole.slice(from + length);
        expect(protocol.read(text)).toBe(oracle(protocol, text));
      }),
      { numRuns: 2000, seed: 1 },
    );
  });
});

describe("what gaming looks like", () => {
  it.each([
    ["an answer inside the thinking and another after it", "<think><answer>90</answer></think> <answer>270</answer>"],
    ["an answer inside the thinking only", "<think>maybe <answer>90</answer></think>"],
    ["two answers", "<think></think><answer>90</answer><answer>180</answer>"],
    ["an answer inside an answer", "<think></think><answer><answer>90</answer></answer>"],
    ["thinking inside thinking", "<think><think></think></think><answer>90</answer>"],
    ["thinking after the answer", "<answer>90</answer><think></think>"],
    ["thinking that is never closed", "<think>well <answer>90</answer>"],
    ["an answer that is never closed", "<think></think><answer>90"],
    ["blocks that overlap", "<think><answer></think>90</answer>"],
    ["no thinking at all", "<answer>90</answer>"],
    ["marks in capitals", "<THINK></THINK><ANSWER>90</ANSWER>"],
  ])("think-answer refuses %s", (_, response) => {
    expect(thinkAnswer.read(response)).toBeNull();
  });

  it.each([
    ["two boxes", "<think></think> \\boxed{90} \\boxed{180}"],
    ["a box in the thinking and another after it", "<think>\\boxed{90}</think> \\boxed{90}"],
    ["a box in a box", "<think></think> \\boxed{\\boxed{90}}"],
    ["braces in the box", "<think></think> \\boxed{\\text{90}}"],
    ["a box that is never closed", "<think></think> \\boxed{90"],
    ["a surplus brace", "<think></think> \\boxed{90}}"],
    ["dollar signs around the box", "<think></think> $\\boxed{90}$"],
  ])("think-boxed refuses %s", (_, response) => {
    expect(thinkBoxed.read(response)).toBeNull();
  });

  it("think-boxed allows braces in the thinking", () => {
    expect(thinkBoxed.read("<think>the set {0, 90} or \\frac{1}{2}</think> \\boxed{90}")).toBe("90");
  });

  it("answer-only refuses a think block, wherever it stands", () => {
    expect(answerOnly.read("<think></think><answer>90</answer>")).toBeNull();
    expect(answerOnly.read("<answer>90</answer><think></think>")).toBeNull();
  });
});
