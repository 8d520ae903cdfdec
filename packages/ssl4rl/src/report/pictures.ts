import { foreign, type Html, html } from "./page.js";

/**
 * Pictures side by side, equally high, each with its label or else numbered as the prompt counts them. `null` is a file
 * that is gone.
 */
export function pictureRow(pngs: readonly (Uint8Array | null)[], what: string, labels: readonly string[]): Html {
  return html`<div class="pictures">${pngs.map((png, i) => {
    if (png === null) return html`<span class="missing">Picture ${i + 1} is missing</span>`;
    const { width, height } = pngSize(png);
    const aspect = (width / height).toFixed(3);
    const label = pngs.length > 1 ? `Picture ${i + 1} of ${what}` : what;
    return html`<span class="picture" style="--aspect:${aspect}"><img src="data:image/png;base64,${base64(png)}" width="${width}" height="${height}" alt="${label}">${
      pngs.length > 1
        ? html`<span class="number" aria-hidden="true">${foreign(labels[i]?.replace(/:$/, "") ?? String(i + 1))}</span>`
        : null
    }</span>`;
  })}</div>`;
}

/** Width and height stand at fixed places in a PNG's header. */
function pngSize(png: Uint8Array): { width: number; height: number } {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
