import { Coverage } from "./canvas.js";
import type { Box } from "./scene.js";
import { isSolid, type Shape } from "./sketch.js";

/** Pixels along each side of the grid on which hiding is counted. */
const grid = 96;

/** Where each object is and how much of it shows, read from the shapes themselves. */
export function measure(shapes: readonly Shape[], objects: number): { box: Box; visible: number }[] {
  const top = new Int16Array(grid * grid).fill(-1);
  const covered = new Int32Array(objects);
  const whole = new Float64Array(objects);
  const bounds = Array.from({ length: objects }, () => [1, 1, 0, 0, Infinity, Infinity, -Infinity, -Infinity]);
  const coverage = new Coverage(grid, grid);
  for (const shape of shapes) {
    if (!isSolid(shape)) continue;
    const { outline, owner } = shape;
    if (owner >= 0) widen(bounds[owner], outline);
    if (!coverage.trace(outline)) continue;
    for (let y = coverage.y0; y < coverage.y1; y++) {
      let sum = 0;
      for (let x = coverage.x0; x < coverage.x1; x++) {
        sum += coverage.area[y * coverage.stride + x];
        if (Math.abs(sum) < 0.4) continue;
        const at = y * grid + x;
        if (top[at] === owner) continue;
        top[at] = owner;
        // An object's shapes follow each other, so every pixel of it is entered once.
        if (owner >= 0) covered[owner]++;
      }
      coverage.clear(y);
    }
  }
  const seen = new Int32Array(objects);
  for (const owner of top) if (owner >= 0) seen[owner]++;
  for (let i = 0; i < objects; i++) {
    const [x0, y0, x1, y1, fx0, fy0, fx1, fy1] = bounds[i];
    const full = (fx1 - fx0) * (fy1 - fy0);
    const inside = Math.max(0, x1 - x0) * Math.max(0, y1 - y0);
    whole[i] = full > 0 ? inside / full : 0;
  }
  return bounds.map(([x0, y0, x1, y1], i) => ({
    box: { x: Math.min(x0, x1), y: Math.min(y0, y1), width: Math.max(0, x1 - x0), height: Math.max(0, y1 - y0) },
    visible: covered[i] === 0 ? 0 : (seen[i] / covered[i]) * whole[i],
  }));
}

/** Bounds within the picture (first four) and without its edges. */
function widen(bounds: number[], outline: Float32Array): void {
  for (let i = 0; i < outline.length; i += 2) {
    const x = outline[i];
    const y = outline[i + 1];
    const [cx, cy] = [Math.max(0, Math.min(1, x)), Math.max(0, Math.min(1, y))];
    if (cx < bounds[0]) bounds[0] = cx;
    if (cy < bounds[1]) bounds[1] = cy;
    if (cx > bounds[2]) bounds[2] = cx;
    if (cy > bounds[3]) bounds[3] = cy;
    if (x < bounds[4]) bounds[4] = x;
    if (y < bounds[5]) bounds[5] = y;
    if (x > bounds[6]) bounds[6] = x;
    if (y > bounds[7]) bounds[7] = y;
  }
}
