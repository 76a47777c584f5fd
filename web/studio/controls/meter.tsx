import { effect, type ReadonlySignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

/** The lowest level a meter shows, in dBFS. */
export const METER_FLOOR = -54;

/** The position of a level on a meter, 0 to 1, linear in dB. */
export const meterPosition = (dbfs: number): number => Math.min(Math.max(1 - dbfs / METER_FLOOR, 0), 1);

/** The time in which a meter falls over its whole length, in ms. */
const FALL = 900;

/**
 * The time in ms that a meter takes from one reading to the next; both are the dark share. It rises at once and falls
 * slowly, so that a voice is still visible between two syllables.
 */
export const meterTime = (before: number, after: number): number =>
  after > before ? Math.round((after - before) * FALL) : 0;

/** A segmented level meter, hidden from screen readers: the text beside it says what it means. */
export function Meter(props: { level: ReadonlySignal<number>; across?: boolean; dim?: boolean }) {
  const mask = useRef<HTMLSpanElement>(null);
  const { level } = props;
  useEffect(() => {
    let before = 1;
    return effect(() => {
      // Reads the signal first: an effect that has read none would never run again.
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
