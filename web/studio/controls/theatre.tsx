import { type ReadonlySignal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { dotOf } from '../../kit/figures.ts';
import { meterPosition } from './meter.tsx';

/** A person in the picture. */
export interface Actor {
  readonly id: string;
  readonly level: ReadonlySignal<number>;
  readonly off: boolean;
}

const CENTRE = { x: 160, y: 146 };
const SEATS = [66, 82, 98, 114, 130]
  .flatMap((radius, row) =>
    Array.from({ length: 13 + row * 4 }, (_, i) => {
      const angle = Math.PI * (0.06 + (0.88 * i) / (12 + row * 4));
      return { row, angle, x: CENTRE.x + radius * Math.cos(angle), y: CENTRE.y - radius * Math.sin(angle) };
    }),
  )
  .sort((a, b) => a.row - b.row || Math.abs(a.angle - Math.PI / 2) - Math.abs(b.angle - Math.PI / 2));

/** The theatre seen from above: the stage with its people below, and the seats around it. */
export function Theatre(props: { people: readonly Actor[]; streams: number; label: string }) {
  const filled = Math.ceil(props.streams / dotOf(props.streams, SEATS.length));
  return (
    <svg class="theatre" viewBox="0 0 320 152" role="img" aria-label={props.label}>
      {SEATS.map((seat, i) => (
        <circle key={i} class={i < filled ? 'seat taken' : 'seat'} cx={seat.x} cy={seat.y} r="3.4" />
      ))}
      <path class="boards" d="M110 148 A50 50 0 0 1 210 148 Z" />
      {props.people.map((actor, i) => {
        const angle = (Math.PI * (i + 1)) / (props.people.length + 1);
        const reach = props.people.length === 1 ? 22 : 32;
        return (
          <Place
            key={actor.id}
            actor={actor}
            x={CENTRE.x - reach * Math.cos(angle)}
            y={CENTRE.y - reach * Math.sin(angle)}
            size={props.people.length > 6 ? 3.4 : 5}
          />
        );
      })}
    </svg>
  );
}

function Place({ actor, x, y, size }: { actor: Actor; x: number; y: number; size: number }) {
  const ring = useRef<SVGCircleElement>(null);
  useSignalEffect(() => {
    // Reads the signal first: an effect that has read none would never run again.
    const level = meterPosition(actor.level.value);
    const loud = actor.off ? 0 : level;
    ring.current?.setAttribute('r', String(size + loud * size * 3));
  });
  return (
    <g class={actor.off ? 'place off' : 'place'}>
      <circle ref={ring} class="ring" cx={x} cy={y} r={size} />
      <circle class="dot" cx={x} cy={y} r={size} />
    </g>
  );
}
