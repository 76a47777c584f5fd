import { effect, type ReadonlySignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

/** The lowest level a meter shows, in dBFS. */
export const METER_FLOOR = -54;

/** How far up a meter a level stands, 0 to 1; even steps per dB. */
export const meterPosition = (dbfs: number): number => Math.min(Math.max(1 - dbfs / METER_FLOOR, 0), 1);

/** How long a meter takes to fall over its whole length, in ms. */
const FALL = 900;

/**
 * How long a meter takes from one reading to the next, both as the share that is dark, in ms: it rises at once and falls
 * slowly, so that who looks between two syllables still sees a voice.
 */
export const meterTime = (before: number, after: number): number =>
  after > before ? Math.round((after - before) * FALL) : 0;

/** A segmented level meter. Drawn for eyes only: what it means is said in words beside it. */
export function Meter(props: { level: ReadonlySignal<number>; across?: boolean; dim?: boolean }) {
  const mask = useRef<HTMLSpanElement>(null);
  const { level } = props;
  useEffect(() => {
    let before = 1;
    return effect(() => {
      // Read first: an effect that read no signal would never run again.
      const rest = 1 - meterPosition(level.value);
      const style = mask.current?.style;
      style?.setProperty('transition-duration', `${meterTime(before, rest)}ms`);
      style?.setProperty('--rest', String(rest));
      before = rest;
    });
  }, [level]);
  const kind = `meter${props.across ? ' across' : ''}${props.dim ? ' dim' : ''}`;
  return (
    <span class={kind} aria-hidden="true">
      <span class="meter-rest" ref={mask} />
    </span>
  );
}
