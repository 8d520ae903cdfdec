import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "@ssl4rl/core";
import { unzipSync } from "fflate";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { type RayAddress, rayAddress } from "./address.js";
import { type FollowEvent, follow } from "./follow.js";
import { RayJobs } from "./jobs.js";
import { Unreachable } from "./request.js";
import { TestCluster } from "./test-cluster.js";

let cluster: TestCluster;
let address: RayAddress;
let jobs: RayJobs;

beforeEach(async () => {
  cluster = new TestCluster();
  address = { url: await cluster.start(), token: null, ca: null };
  jobs = new RayJobs(address);
});
afterEach(() => cluster.stop());

const job = { id: "one", entrypoint: "true", workingDir: "p.zip", metadata: {} };

async function events(id: string, from = 0, patience = 30): Promise<FollowEvent[]> {
  const all: FollowEvent[] = [];
  for await (const event of follow(jobs, id, { from, patience, signal: new AbortController().signal })) all.push(event);
  return all;
}

const logOf = (all: readonly FollowEvent[]) => all.map((event) => (event.kind === "log" ? event.text : "")).join("");

describe("RayJobs", () => {
  it("puts the same files on the cluster once, at the top of the package", async () => {
    const files = { "b.py": "print(1)\n", "a.json": "{}" };
    const name = await jobs.upload(files);
    expect(await jobs.upload({ "a.json": "{}", "b.py": "print(1)\n" })).toBe(name);
    expect(cluster.calls.filter((call) => call.startsWith("PUT")).length).toBe(1);
    const unpacked = unzipSync(cluster.packages.get(name)!);
    expect(Object.entries(unpacked).map(([file, bytes]) => [file, Buffer.from(bytes).toString()])).toEqual(
      Object.entries(files).reverse(),
    );
    expect(await jobs.upload({ ...files, "a.json": "[]" })).not.toBe(name);
  });

  it("takes a submission for done when only its answer was lost", async () => {
    cluster.faults.push({ call: "POST /api/jobs/", answer: "cut after" });
    await jobs.submit(job, 0);
    expect(cluster.jobs.get("one")?.body).toEqual({
      submission_id: "one",
      entrypoint: "true",
      runtime_env: { working_dir: "gcs://p.zip" },
      metadata: {},
    });
    cluster.faults.push({ call: "POST /api/jobs/", answer: "cut" });
    await expect(jobs.submit({ ...job, id: "two" }, 0)).rejects.toThrow("the connection was cut");
    expect(cluster.jobs.has("two")).toBe(false);
  });

  it("asks again where a cluster cannot take a job yet", async () => {
    cluster.faults.push({ call: "POST /api/jobs/", answer: [500, "No available agent to submit job"] });
    await jobs.submit(job, 30);
    expect(cluster.jobs.has("one")).toBe(true);
  });

  it("gives the last line of a Python traceback", async () => {
    cluster.faults.push({ call: "POST /api/jobs/", answer: [500, "Traceback:\n  File x\nRuntimeError: no agent\n"] });
    await expect(jobs.submit(job, 0)).rejects.toThrow(/did not take the job \(HTTP 500\): RuntimeError: no agent$/);
    cluster.faults.push({ call: "POST /api/jobs/", answer: [400, "ValueError: bad field"] });
    const refused = await jobs.submit(job, 0).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UserError);
    expect(refused).not.toBeInstanceOf(Unreachable);
  });

  it("says what is wrong with a token, without saying the token", async () => {
    cluster.token = "right";
    await expect(jobs.version()).rejects.toThrow(/asks for a token.*RAY_AUTH_TOKEN/);
    const wrong = await new RayJobs({ ...address, token: "wrong-secret" })
      .version()
      .catch((error: Error) => error.message);
    expect(wrong).toMatch(/refuses the token/);
    expect(wrong).not.toContain("secret");
    expect(await new RayJobs({ ...address, token: "right" }).version()).toBe("2.60.0");
  });

  it("tells a wrong address by what answers there", async () => {
    cluster.faults.push({ call: "GET /api/version", answer: [404, "<html>"] });
    await expect(jobs.version()).rejects.toThrow(/not Ray's dashboard/);
    const https = new RayJobs({ ...address, url: address.url.replace("http", "https") });
    await expect(https.version()).rejects.toThrow(/not as a web server.*8265/);
    cluster.stop();
    await expect(jobs.version()).rejects.toThrow(/nothing listens there/);
    await expect(new RayJobs({ ...address, url: "http://no-such-host.invalid:8265" }).version()).rejects.toThrow(
      /no such host|cannot be looked up/,
    );
  });
});

describe("a cluster behind TLS", () => {
  const folder = mkdtempSync(join(tmpdir(), "ssl4rl-tls-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const made = spawnSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
      ...["-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"],
    ],
    { cwd: folder },
  );
  if (made.status !== 0) console.warn("No openssl on this machine: TLS is not tested.");

  it.runIf(made.status === 0)("is trusted with --ca, for calls and for the log, and not without", async () => {
    const [key, cert] = ["key.pem", "cert.pem"].map((name) => readFileSync(join(folder, name), "utf8"));
    const secure = new TestCluster({ key, cert });
    const url = await secure.start();
    try {
      await expect(new RayJobs({ url, token: null, ca: null }).version()).rejects.toThrow(/not trusted.*--ca FILE/);
      const trusting = new RayJobs(rayAddress(url, join(folder, "cert.pem")));
      await trusting.submit(job, 0);
      secure.jobs.get("one")!.log = "by TLS\n";
      let log = "";
      for await (const piece of trusting.tail("one", new AbortController().signal)) log += piece;
      expect(log).toBe("by TLS\n");
    } finally {
      secure.stop();
    }
  });
});

describe("following a job", () => {
  const log = `${Array.from({ length: 40 }, (_, i) => `line ${i}`).join("\n")}\nno break at the end`;

  it("reads the log once, over tails that are cut in the middle of lines", async () => {
    await jobs.submit(job, 0);
    cluster.jobs.get("one")!.log = log;
    cluster.tailCuts = [3, 100, 101];
    const all = await events("one");
    expect(logOf(all)).toBe(log);
    expect(all.filter(({ kind }) => kind === "status").length).toBe(2);
    expect(all.at(-1)).toMatchObject({ kind: "status", details: { status: "SUCCEEDED" } });
  });

  it("goes on from any place", async () => {
    for (const from of [0, 7, 70, log.length, log.length + 9]) {
      await jobs.submit({ ...job, id: `from-${from}` }, 0);
      Object.assign(cluster.jobs.get(`from-${from}`)!, { log, status: "FAILED" });
      expect(logOf(await events(`from-${from}`, from))).toBe(log.slice(from));
    }
  });

  it("says that the cluster is lost, and that it is found again", async () => {
    await jobs.submit(job, 0);
    cluster.jobs.get("one")!.log = log;
    cluster.faults.push(
      { call: "GET /api/jobs/one", answer: "cut" },
      { call: "GET /api/jobs/one", answer: [502, "Bad gateway"] },
      { call: "GET /api/jobs/one/logs", answer: "cut" },
    );
    const all = await events("one");
    expect(all.map(({ kind }) => kind).filter((kind) => kind !== "log")).toEqual([
      "lost",
      "found",
      "status",
      "lost",
      "found",
      "status",
    ]);
    expect(logOf(all)).toBe(log);
  });

  it("ends when the cluster does not come back, and says how to go on", async () => {
    await jobs.submit(job, 0);
    cluster.stop();
    await expect(events("one", 0, 0)).rejects.toThrow(/nothing listens there[\s\S]*--attach one/);
  });

  it("ends when a restarted head has forgotten the job", async () => {
    await jobs.submit(job, 0);
    cluster.tailCuts = [0];
    const run = events("one");
    cluster.jobs.delete("one");
    await expect(run).rejects.toThrow(/knows no job one/);
  });
});
