// The engine beside Python's torch, on the same libtorch, in turns: what a call costs, a training step, a matrix product.
// PYTHON names the interpreter to compare with (default: the system's, which goes with Debian's libtorch).

import { AdamW, getThreads, libtorchVersion, linear, ones, randn, scope, zeros } from "@ssl4rl/torch";
import { startPeer } from "./python-peer.js";

type Work = (count: number) => void;

const add = (): Work => {
  const [a, b] = [ones([8]), ones([8])];
  // One scope per thousand is what a layer has; a scope's own cost is in it.
  return (count) => {
    for (let done = 0; done < count; done += 1000) {
      scope(() => {
        for (let i = 0; i < 1000; i++) a.add(b);
      });
    }
  };
};

const mlp = (batch: number, width: number): Work => {
  const layers = [width, width, 1].map((out) => ({
    weight: randn([out, width])
      .mul_(width ** -0.5)
      .requiresGrad_(),
    bias: zeros([out], { requiresGrad: true }),
  }));
  const optimizer = new AdamW(
    layers.flatMap(({ weight, bias }) => [weight, bias]),
    { lr: 1e-4 },
  );
  const [x, y] = [ones([batch, width]), ones([batch, 1])];
  const step = () => {
    const out = layers.reduce((h, { weight, bias }, i) => linear(i > 0 ? h.relu() : h, weight, bias), x);
    out.sub(y).pow(2).mean().backward();
    optimizer.step();
    optimizer.zeroGrad();
  };
  return (count) => {
    for (let i = 0; i < count; i++) scope(step);
  };
};

const matmul = (size: number): Work => {
  const [a, b] = [ones([size, size]), ones([size, size])];
  return (count) => {
    for (let i = 0; i < count; i++) {
      scope(() => {
        a.mm(b);
      });
    }
  };
};

function seconds(work: Work, count: number): number {
  const start = process.hrtime.bigint();
  work(count);
  return Number(process.hrtime.bigint() - start) / 1e9;
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1];
const repeats = 9;

export default async function bench(): Promise<void> {
  const remedy = "no Python torch to compare with: apt-get install python3-torch, or set PYTHON";
  const peer = await startPeer("torch_peer.py", [String(getThreads())], remedy);
  console.log(
    `libtorch ${libtorchVersion()}, Python's torch ${peer.ready.version}, ${getThreads()} threads, median of ${repeats}\n`,
  );
  const works: [name: string, work: Work, count: number, unit: string, scale: number][] = [
    ["add", add(), 100_000, "us per call, 8 floats", 1e6],
    ["mlp small", mlp(8, 32), 500, "us per training step, 3 layers of 32, batch 8", 1e6],
    ["mlp", mlp(64, 512), 50, "us per training step, 3 layers of 512, batch 64", 1e6],
    ["matmul", matmul(1024), 20, "ms per product of 1024 x 1024", 1e3],
  ];
  const rows: Record<string, Record<string, string | number>> = {};
  for (const [name, work, count, unit, scale] of works) {
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let i = -1; i < repeats; i++) {
      const mine = seconds(work, count);
      const { seconds: other } = await peer.ask(`${name} ${count}`);
      if (i < 0) continue; // the first round warms up
      ours.push(mine / count);
      theirs.push(other / count);
    }
    const [a, b] = [median(ours), median(theirs)];
    rows[name] = {
      ssl4rl: Number((a * scale).toFixed(2)),
      python: Number((b * scale).toFixed(2)),
      ratio: Number((a / b).toFixed(2)),
      unit,
    };
    if (name === "matmul") {
      const rate = (time: number) => Math.round((2 * 1024 ** 3) / time / 1e9);
      rows["matmul rate"] = { ssl4rl: rate(a), python: rate(b), ratio: Number((b / a).toFixed(2)), unit: "GFLOP/s" };
    }
  }
  peer.stop();
  console.table(rows);

  const work = mlp(64, 512);
  const megabytes = () => Math.round(process.memoryUsage().rss / 2 ** 20);
  const memory = [];
  for (let steps = 0; steps <= 10_000; steps += 2500) {
    if (steps > 0) work(2500);
    memory.push(`${megabytes()} MB after ${steps}`);
  }
  console.log(`memory over 10,000 training steps: ${memory.join(", ")}`);
}
