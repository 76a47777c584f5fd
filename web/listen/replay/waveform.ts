import type { Waveform } from '../../../src/wire/replay/outline.ts';
import { element } from '../../kit/element.ts';
import type { AllWords } from '../../kit/words.ts';

/** Arrow keys move by so much, page keys by more; seconds. */
const STEP = 5;
const PAGE = 60;
const HEIGHT = 56;
const GAP = 1;

/** The recording as a picture that is also its slider. */
export interface WaveformView {
  readonly node: HTMLElement;
  /** Draws what was read. */
  read(waveform: Waveform): void;
  /** Shows the place, seconds, and where chapters begin. */
  show(at: number, whole: number, chapters: readonly { readonly at: number }[]): void;
}

/** Makes it; `go` is called with a place, seconds. */
export function openWaveform(words: AllWords, go: (at: number) => void): WaveformView {
  const canvas = element('canvas', { 'aria-hidden': 'true' });
  const node = element(
    'div',
    { class: 'waveform', role: 'slider', tabindex: 0, 'aria-label': words.waveform, 'aria-valuemin': 0 },
    canvas,
  );
  let levels: readonly number[] = [];
  let [at, whole] = [0, 1];
  let marks: readonly number[] = [];
  let drawn = '';

  const draw = (): void => {
    const width = node.clientWidth;
    const scale = devicePixelRatio || 1;
    const style = getComputedStyle(node);
    const key = [
      width,
      scale,
      Math.round((at / whole) * width),
      levels.length,
      marks.length,
      style.color,
    ].join();
    if (width === 0 || key === drawn) return;
    drawn = key;
    canvas.width = width * scale;
    canvas.height = HEIGHT * scale;
    const pen = canvas.getContext('2d');
    if (!pen) return;
    pen.scale(scale, scale);
    // One bar for each three pixels at most: the loudest of its stretch.
    const bars = Math.max(1, Math.min(levels.length, Math.floor(width / 3)));
    const wide = width / bars;
    for (let bar = 0; bar < bars; bar++) {
      const some = levels.slice(
        Math.floor((bar * levels.length) / bars),
        Math.max(
          Math.floor(((bar + 1) * levels.length) / bars),
          Math.floor((bar * levels.length) / bars) + 1,
        ),
      );
      const high = Math.max(2, (Math.max(0, ...some) / 100) * (HEIGHT - 8));
      pen.fillStyle = (bar + 0.5) * wide < (at / whole) * width ? style.color : style.borderColor;
      pen.fillRect(bar * wide, (HEIGHT - high) / 2, Math.max(1, wide - GAP), high);
    }
    pen.fillStyle = style.outlineColor;
    for (const mark of marks) if (mark > 0) pen.fillRect((mark / whole) * width, 0, 1, HEIGHT);
  };
  const placed = (event: PointerEvent): number => {
    const { left, width } = node.getBoundingClientRect();
    return (Math.min(width, Math.max(0, event.clientX - left)) / Math.max(1, width)) * whole;
  };
  node.addEventListener('pointerdown', (event) => {
    if (event.button === 0) go(placed(event));
  });
  node.addEventListener('keydown', (event) => {
    const to = {
      ...{ ArrowLeft: at - STEP, ArrowDown: at - STEP, ArrowRight: at + STEP, ArrowUp: at + STEP },
      ...{ PageDown: at - PAGE, PageUp: at + PAGE, Home: 0, End: whole },
    }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    go(Math.min(whole, Math.max(0, to)));
  });
  new ResizeObserver(draw).observe(node);
  return {
    node,
    read(waveform) {
      levels = waveform.levels;
      drawn = '';
      draw();
    },
    show(place, length, chapters) {
      [at, whole] = [place, Math.max(1, length)];
      marks = chapters.map((chapter) => chapter.at);
      node.hidden = levels.length === 0;
      node.setAttribute('aria-valuemax', String(Math.floor(whole)));
      node.setAttribute('aria-valuenow', String(Math.floor(at)));
      node.setAttribute('aria-valuetext', words.placeOf(words.spoken(at), words.spoken(whole)));
      draw();
    },
  };
}
