/** A picture in memory: 8-bit RGB, rows from the top, `data` is height × width × 3. Never changed once made. */
export class Image {
  constructor(
    readonly width: number,
    readonly height: number,
    readonly data: Uint8Array,
  ) {
    if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0)) {
      throw new RangeError(`Image: sides must be positive integers, got ${width}x${height}`);
    }
    if (data.length !== width * height * 3) {
      throw new RangeError(`Image: ${width}x${height} RGB needs ${width * height * 3} bytes, got ${data.length}`);
    }
  }

  /** The rectangle of `width` × `height` pixels whose top-left pixel is (x, y). */
  crop(x: number, y: number, width: number, height: number): Image {
    const whole = [x, y, width, height].every(Number.isInteger);
    if (!whole || x < 0 || y < 0 || x + width > this.width || y + height > this.height) {
      throw new RangeError(
        `crop ${width}x${height} at (${x}, ${y}) is no rectangle of whole pixels in the ${this.width}x${this.height} image`,
      );
    }
    const data = new Uint8Array(width * height * 3);
    for (let row = 0; row < height; row++) {
      const start = ((y + row) * this.width + x) * 3;
      data.set(this.data.subarray(start, start + width * 3), row * width * 3);
    }
    return new Image(width, height, data);
  }

  /** The largest centred square; with an odd surplus the extra pixel goes to the right or the bottom. */
  centreSquare(): Image {
    const side = Math.min(this.width, this.height);
    return this.crop((this.width - side) >> 1, (this.height - side) >> 1, side, side);
  }

  /** Turned counter-clockwise by `quarters` × 90°, exactly (pixels move, none is resampled). */
  quarterTurns(quarters: number): Image {
    const turns = ((quarters % 4) + 4) % 4;
    if (turns === 0) return this;
    const [width, height] = turns === 2 ? [this.width, this.height] : [this.height, this.width];
    const source = this.data;
    const row = this.width * 3;
    const end = source.length;
    // Where the result's first pixel comes from, and how far on the next ones to its right and below it come from.
    const [first, right, below] = [
      [row - 3, row, -3],
      [end - 3, -3, -row],
      [end - row, -row, 3],
    ][turns - 1];
    const data = new Uint8Array(end);
    for (let y = 0, to = 0; y < height; y++) {
      for (let x = 0, from = first + y * below; x < width; x++, from += right, to += 3) {
        data[to] = source[from];
        data[to + 1] = source[from + 1];
        data[to + 2] = source[from + 2];
      }
    }
    return new Image(width, height, data);
  }
}

/** Mean absolute difference of two pictures of one size, in grey levels (0..255). */
export function meanDifference(a: Image, b: Image): number {
  if (a.width !== b.width || a.height !== b.height) {
    throw new RangeError(`meanDifference: ${a.width}x${a.height} against ${b.width}x${b.height}`);
  }
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += Math.abs(a.data[i] - b.data[i]);
  return sum / a.data.length;
}
