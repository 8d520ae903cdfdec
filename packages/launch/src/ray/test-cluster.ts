import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";

/** A job as the small server below has it. */
interface TestJob {
  status: string;
  log: string;
  body: Record<string, unknown>;
}

/**
 * A server that speaks as much of Ray's jobs API as is needed to have it go wrong: connections that drop, answers that are
 * lost, a dashboard that fails. The real one is asked by `npm run check:ray`.
 */
export class TestCluster {
  readonly jobs = new Map<string, TestJob>();
  readonly packages = new Map<string, Buffer>();
  /** Methods and paths of all calls. */
  readonly calls: string[] = [];
  /** What the next calls are answered with instead, by `METHOD /path`: a status and text, or a cut connection. */
  readonly faults: { readonly call: string; readonly answer: readonly [number, string] | "cut" | "cut after" }[] = [];
  token: string | null = null;
  /** Characters after which a tail is cut; each tail takes the next. */
  tailCuts: number[] = [];
  private readonly sockets = new WebSocketServer({ noServer: true, perMessageDeflate: true });
  private readonly server: Server;

  /** With a key and its certificate (PEM) it speaks TLS, as a proxy in front of Ray does. */
  constructor(private readonly tls: { readonly key: string; readonly cert: string } | null = null) {
    const listener: RequestListener = async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const call = `${request.method} ${request.url}`;
      this.calls.push(call);
      const at = this.faults.findIndex((fault) => fault.call === call);
      const [fault] = at < 0 ? [] : this.faults.splice(at, 1);
      if (fault?.answer === "cut") return request.socket.destroy();
      if (fault && fault.answer !== "cut after") return void response.writeHead(fault.answer[0]).end(fault.answer[1]);
      const right = this.token === null || request.headers.authorization === `Bearer ${this.token}`;
      const [status, text] = right
        ? this.answer(call, Buffer.concat(chunks))
        : [request.headers.authorization ? 403 : 401, ""];
      if (fault) return request.socket.destroy();
      response.writeHead(status).end(text);
    };
    this.server = tls ? createSecureServer(tls, listener) : createServer(listener);
    this.server.on("upgrade", (request, socket, head) => {
      this.calls.push(`TAIL ${request.url}`);
      const job = this.jobs.get(/jobs\/([^/]+)\/logs/.exec(request.url ?? "")?.[1] ?? "");
      if (!job) return socket.destroy();
      this.sockets.handleUpgrade(request, socket, head, (tail) => {
        const cut = this.tailCuts.shift();
        for (const piece of job.log.slice(0, cut).match(/[^\n]{0,7}\n?/g) ?? []) if (piece) tail.send(piece);
        if (cut === undefined) job.status = "SUCCEEDED";
        tail.close();
      });
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `${this.tls ? "https" : "http"}://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private answer(call: string, body: Buffer): [number, string] {
    const [, method, path] = /^(\w+) (.*)$/.exec(call)!;
    if (path === "/api/version") return [200, JSON.stringify({ version: "4", ray_version: "2.60.0" })];
    const name = /^\/api\/packages\/gcs\/(.+)$/.exec(path)?.[1];
    if (name && method === "PUT") this.packages.set(name, body);
    if (name) return [this.packages.has(name) ? 200 : 404, ""];
    if (call === "POST /api/jobs/") return this.submit(JSON.parse(body.toString()));
    const [, id, what = ""] = /^\/api\/jobs\/([^/]+)\/?(.*)$/.exec(path) ?? [];
    const job = this.jobs.get(id);
    if (!job) return [404, "no such job"];
    if (what === "logs") return [200, JSON.stringify({ logs: job.log })];
    if (what === "stop") {
      const stopped = job.status === "RUNNING";
      if (stopped) job.status = "STOPPED";
      return [200, JSON.stringify({ stopped })];
    }
    return [200, JSON.stringify({ submission_id: id, status: job.status, message: "", metadata: {} })];
  }

  private submit(body: Record<string, unknown>): [number, string] {
    const id = String(body.submission_id);
    if (this.jobs.has(id)) return [500, `Traceback …\nValueError: Job with submission_id ${id} already exists.`];
    this.jobs.set(id, { status: "RUNNING", log: "", body });
    return [200, JSON.stringify({ submission_id: id })];
  }
}
