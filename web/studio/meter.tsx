import { type ReadonlySignal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';

/** The lowest level a meter shows, in dBFS. */
export const METER_FLOOR = -54;

/** How far up a meter a level stands, 0 to 1; even steps per dB. */
export const meterPosition = (dbfs: number): number => Math.min(Math.max(1 - dbfs / METER_FLOOR, 0), 1);

/** A segmented level meter. Drawn for eyes only: what it means is said in words beside it. */
export function Meter(props: { level: ReadonlySignal<number>; across?: boolean; dim?: boolean }) {
  const mask = useRef<HTMLSpanElement>(null);
  useSignalEffect(() => {
    mask.current?.style.setProperty('--rest', String(1 - meterPosition(props.level.value)));
  });
  const kind = `meter${props.across ? ' across' : ''}${props.dim ? ' dim' : ''}`;
  return (
    <span class={kind} aria-hidden="true">
      <span class="meter-rest" ref={mask} />
    </span>
  );
}
