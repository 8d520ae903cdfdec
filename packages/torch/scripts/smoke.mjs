// node smoke.mjs path/to/torch.node: loads an addon and adds 1 to 2 with it.

import { createRequire } from "node:module";

const native = createRequire(import.meta.url)(process.argv[2]);
const float32 = 6; // libtorch's number for it
native.buffer.set([float32, 1, 1]);
native.fromBytes(Float32Array.of(1));
const one = native.buffer[0];
native.lookup("aten::add.Scalar");
native.buffer.set([native.buffer[0], one, "i".charCodeAt(0), 2, 0]);
native.call();
const sum = new Float32Array(1);
native.toBytes(sum);
if (sum[0] !== 3) throw new Error(`the engine computes 1 + 2 = ${sum[0]}`);
