import type { StagePerson } from '../../../src/wire/room.ts';
import { drawing } from '../../kit/element.ts';
import { type Plan, placesOf, planOf } from './seats.ts';

/** The picture of a theatre: the stage with its people, and the seats around it. */
export interface Picture {
  readonly node: SVGElement;
  /** The number of seats. */
  readonly seats: number;
  /** Fills `count` seats; `mine`: one of them is the listener's own. */
  fill(count: number, mine: boolean): void;
  /** Puts these people on the stage. */
  arrange(stage: readonly StagePerson[]): void;
}

/** The listener's own seat: in the first rows, but not the first seat. */
const OWN_SEAT = 17;

const initials = (name: string): string =>
  name
    .split(/\s+/)
    .map((part) => /[\p{L}\p{N}]/u.exec(part)?.[0] ?? '')
    .filter((letter) => letter !== '')
    .slice(0, 2)
    .join('')
    .toUpperCase();

/** Draws the plan; later calls change only what differs. */
export function openPicture(rows: number): Picture {
  const plan = planOf(rows);
  const dots = plan.seats.map((seat) =>
    drawing('circle', {
      cx: seat.x.toFixed(1),
      cy: seat.y.toFixed(1),
      r: plan.radius.toFixed(1),
    }),
  );
  const people = drawing('g', { class: 'people' });
  const places = new Map<string, SVGGElement>();
  let taken = 0;
  let own = -1;
  return {
    node: drawPlan(plan, rows, dots, people),
    seats: dots.length,
    fill(count, mine) {
      for (let i = Math.min(taken, count); i < Math.max(taken, count); i++)
        dots[i]?.classList.toggle('taken', i < count);
      taken = count;
      const place = mine && count > 0 ? Math.min(OWN_SEAT, count - 1) : -1;
      if (place === own) return;
      dots[own]?.classList.remove('own');
      dots[place]?.classList.add('own');
      own = place;
    },
    arrange(stage) {
      const spots = placesOf(stage.length, plan);
      // The first person stands in the middle, the others to the left and right in turn.
      const middle = (spots.length - 1) / 2;
      const order = spots.map((_, i) => i).sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
      const gone = new Set(places.keys());
      stage.forEach((person, i) => {
        gone.delete(person.id);
        const spot = spots[stage.length > 5 ? i : (order[i] ?? i)];
        if (!spot) return;
        let group = places.get(person.id);
        if (!group) {
          group = drawing(
            'g',
            {},
            drawing('circle', { class: 'ring', r: 1 }),
            drawing('circle', { class: 'face', r: 1 }),
            drawing('text', { 'text-anchor': 'middle', dy: '0.35em' }, initials(person.name)),
          );
          places.set(person.id, group);
          people.append(group);
        }
        group.setAttribute('transform', `translate(${spot.x.toFixed(1)} ${spot.y.toFixed(1)})`);
        group.style.setProperty('--size', String(spot.size));
        group.setAttribute('class', `person${lookOf(person)}`);
      });
      for (const id of gone) {
        places.get(id)?.remove();
        places.delete(id);
      }
    },
  };
}

function drawPlan(plan: Plan, rows: number, dots: readonly SVGElement[], people: SVGElement): SVGElement {
  const { centre, stage: radius } = plan;
  const groups = Array.from({ length: rows }, (_, row) => {
    const group = drawing('g', { class: 'row' });
    group.style.setProperty('--row', String(row));
    return group;
  });
  for (const [i, dot] of dots.entries()) groups[plan.seats[i]?.row ?? 0]?.append(dot);
  const left = centre.x - radius;
  const right = centre.x + radius;
  return drawing(
    'svg',
    { viewBox: `0 0 ${plan.width} ${plan.height}`, 'aria-hidden': 'true', focusable: 'false' },
    drawing('g', { class: 'seats' }, ...groups),
    drawing('path', {
      class: 'orchestra',
      d: `M${left} ${centre.y}A${radius} ${radius} 0 0 1 ${right} ${centre.y}Z`,
    }),
    drawing('path', { class: 'skene', d: `M${left - 18} ${centre.y + 12}H${right + 18}` }),
    people,
  );
}

/** The CSS class for a person's state, with a space before it. */
export const lookOf = (person: StagePerson): string =>
  !person.connected ? ' gone' : person.muted ? ' muted' : person.speaking ? ' speaking' : '';
