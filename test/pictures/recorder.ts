import { writeFile } from 'node:fs/promises';
import { applyPalette, GIFEncoder, quantize } from 'gifenc';
import { PNG } from 'pngjs';
import type { Page } from 'playwright-core';
import { animated } from '../ui/person';

/** A reserved index of the 256 colours: unchanged since the previous frame. */
const UNCHANGED = 255;
/** The interval of pixels that are sampled for the palette. */
const SAMPLE = 5;

interface Frame {
  image: PNG;
  /** How long the frame is shown, in milliseconds. */
  ms: number;
}

/** Takes screenshots of a window and creates an animated GIF of them. */
export class Recorder {
  private readonly frames: Frame[] = [];

  constructor(private readonly page: Page) {}

  /**
   * Adds a frame with the current screen.
   * @param ms how long it is shown
   */
  async frame(ms: number): Promise<void> {
    await animated(this.page);
    this.frames.push({ image: PNG.sync.read(await this.page.screenshot()), ms });
  }

  /**
   * Writes the GIF.
   * @returns its size in bytes
   */
  async save(path: string): Promise<number> {
    const palette = quantize(this.sample(), UNCHANGED);
    const gif = GIFEncoder();
    let before: Uint8Array | undefined;
    for (const { image, ms } of this.frames) {
      const index = applyPalette(new Uint8Array(image.data), palette);
      const drawn = before === undefined ? index : changes(before, index);
      gif.writeFrame(drawn, image.width, image.height, {
        ...(before === undefined ? { palette: [...palette, [0, 0, 0]] } : {}),
        ...{
          delay: ms,
          transparent: before !== undefined,
          transparentIndex: UNCHANGED,
          dispose: 1,
        },
      });
      before = index;
    }
    gif.finish();
    const bytes = gif.bytes();
    await writeFile(path, bytes);
    return bytes.length;
  }

  /** Returns sampled pixels of all frames as RGBA. */
  private sample(): Uint8Array {
    const pixels: number[] = [];
    for (const { image } of this.frames) {
      for (let at = 0; at + 3 < image.data.length; at += 4 * SAMPLE) {
        pixels.push(...image.data.subarray(at, at + 4));
      }
    }
    return Uint8Array.from(pixels);
  }
}

function changes(before: Uint8Array, now: Uint8Array): Uint8Array {
  return now.map((color, at) => (color === before[at] ? UNCHANGED : color));
}

/** Draws the mouse pointer, which screenshots do not include. */
export async function showPointer(page: Page): Promise<void> {
  await page.evaluate<unknown>(`(() => {
    const ns = 'http://www.w3.org/2000/svg';
    const svg = document.createElementNS(ns, 'svg');
    const path = document.createElementNS(ns, 'path');
    path.setAttribute('d', 'M2 1v17l4.2-3.8 2.7 6.3 3-1.3-2.7-6.2H15z');
    path.setAttribute('fill', '#fff');
    path.setAttribute('stroke', '#111');
    path.setAttribute('stroke-width', '1.3');
    svg.append(path);
    svg.id = 'pointer';
    svg.setAttribute('width', '22');
    svg.setAttribute('height', '26');
    Object.assign(svg.style, {
      position: 'fixed', left: '50%', top: '50%', zIndex: '2147483647', pointerEvents: 'none',
    });
    document.body.append(svg);
    addEventListener('mousemove', ({ clientX, clientY }) => {
      Object.assign(svg.style, { left: clientX - 2 + 'px', top: clientY - 1 + 'px' });
    }, true);
  })()`);
}

/** Removes the pointer. */
export async function hidePointer(page: Page): Promise<void> {
  await page.evaluate<unknown>(`document.getElementById('pointer').style.display = 'none'`);
}
