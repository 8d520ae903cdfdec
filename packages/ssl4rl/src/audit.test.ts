import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodePng, Image, Random } from "@ssl4rl/core";
import type { AuditReport } from "@ssl4rl/data";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { main } from "./main.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ssl4rl-audit-command-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function ssl4rl(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const out = vi.spyOn(console, "log").mockImplementation(() => {});
  const err = vi.spyOn(console, "error").mockImplementation(() => {});
  vi.spyOn(process.stderr, "write").mockImplementation(() => true);
  const code = await main(["node", "ssl4rl", ...args]);
  const said = { code, out: out.mock.calls.flat().join("\n"), err: err.mock.calls.flat().join("\n") };
  vi.restoreAllMocks();
  // A leak's exit code is not the test run's own.
  process.exitCode = undefined;
  return said;
}

/** A rotation set of 90 rows; `side` is that of a picture turned by so many quarters. */
function rotations(name: string, side: (quarters: number) => number): string {
  const base64 = (image: Image) => ({ bytes: Buffer.from(encodePng(image)).toString("base64") });
  const rows = Array.from({ length: 90 }, (_, i) => {
    const random = Random.from("rotations", i);
    const pixels = new Uint8Array(34 * 34 * 3).map(() => 30 + random.int(200));
    const [picture, quarters] = [new Image(34, 34, pixels), random.int(4)];
    const turned = picture.quarterTurns(quarters).crop(0, 0, side(quarters), side(quarters));
    return {
      data_source: "RotationQA",
      images: [base64(picture), base64(turned)],
      reward_model: { style: "rule", ground_truth: String(90 * quarters) },
    };
  });
  const path = join(folder, `${name}.jsonl`);
  writeFileSync(path, rows.map((row) => JSON.stringify(row)).join("\n"));
  return path;
}

describe("ssl4rl audit", () => {
  it("exits with 0 and says what was looked at when a set is clean", async () => {
    const { code, out } = await ssl4rl(
      "audit",
      rotations("clean", () => 34),
    );
    expect(out).toMatch(/RotationQA: 90 rows; kind: turn/);
    expect(out).toMatch(/no leak found in 90 rows of 1 task by \d+ probes$/);
    expect(code).toBe(0);
  });

  it("exits with 1, names the leak, how strong it is and the remedy", async () => {
    const path = rotations("leaky", (quarters) => (quarters === 0 ? 34 : 33));
    const { code, out } = await ssl4rl("audit", path);
    expect(out).toMatch(/LEAK RotationQA, sizes: guessed from widths.* right \d\d\.\d% of the time \(chance \d\d\.\d%/);
    expect(out).toMatch(/emit one size for every answer\.\n\n1 leak found in 90 rows of 1 task$/);
    expect(code).toBe(1);
    const json = await ssl4rl("audit", path, "--json");
    const report = JSON.parse(json.out) as AuditReport;
    expect(report.leaks.map(({ probe }) => probe)).toEqual(["sizes"]);
    expect(json.code).toBe(1);
  });

  it("audits the questions that tasks pose, without a set", async () => {
    const args = ["--images", "world", "--task", "rotation", "--rows", "40", "--size", "56"];
    const { code, out } = await ssl4rl("audit", ...args);
    expect(out).toMatch(/no leak found in 40 rows of 1 task by \d+ probes$/);
    expect(code).toBe(0);
  });

  it("exits with 2 when used wrongly", async () => {
    for (const args of [[], ["set", "--images", "world"]]) {
      const { code, err } = await ssl4rl("audit", ...args);
      expect(err).toMatch(/either a built set or --images DIR/);
      expect(code).toBe(2);
    }
  });
});
