import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StopText } from "./stop-text.js";

function run(stops: readonly string[], pieces: readonly string[]): { text: string; stopped: boolean } {
  const stop = new StopText(stops);
  let text = "";
  for (const piece of pieces) {
    if (stop.stopped) break;
    text += stop.push(piece);
  }
  return { text: text + stop.end(), stopped: stop.stopped };
}

describe("text up to a stop string", () => {
  it("is the text before the first of them, however the text comes in pieces", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 12 });
    const stops = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 4 }), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(letters, stops, fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 5 }), (text, stops, cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), text.length].map((cut) => Math.min(cut, text.length));
        const pieces = at.slice(1).map((end, i) => text.slice(at[i], end));
        const { text: given, stopped } = run(stops, pieces);
        if (!stopped) {
          expect(given).toBe(text);
          expect(stops.some((stop) => text.includes(stop))).toBe(false);
        } else {
          // The stop string that is complete first ends the text, where it begins.
          const ends = stops.filter((stop) => text.includes(stop)).map((stop) => text.indexOf(stop) + stop.length);
          expect(
            stops.some((stop) => text.startsWith(given + stop) && given.length + stop.length >= Math.min(...ends)),
          ).toBe(true);
          expect(stops.some((stop) => given.includes(stop))).toBe(false);
        }
      }),
    );
  });

  it("is given as soon as it cannot be part of a stop string", () => {
    const stop = new StopText(["</answer>"]);
    expect(stop.push("yes <")).toBe("yes ");
    expect(stop.push("/b> </answ")).toBe("</b> ");
    expect(stop.push("er> no")).toBe("");
    expect(stop.stopped).toBe(true);
  });
});
