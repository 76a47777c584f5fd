import type { RoomState, StagePerson } from '../../../src/wire/room.ts';
import { drawing, element, write } from '../../kit/element.ts';
import { dotOf } from '../../kit/figures.ts';
import type { AllWords } from '../../kit/words.ts';
import { placesOf, planOf } from './seats.ts';

/** What the theatre shows of a room. */
export type Scene = Pick<RoomState, 'streams' | 'stage' | 'status'> & {
  readonly delivery: Pick<RoomState['delivery'], 'rung'>;
};

/** A drawn theatre. */
export interface Theatre {
  readonly node: HTMLElement;
  show(scene: Scene, seated: boolean): void;
}

/** A screen reader is told of who speaks and of counts at most this often; of who comes and goes at once. */
const CALM_MS = 20_000;
/** The listener's own seat: in the first rows, never the first to be taken. */
const OWN_SEAT = 17;

const initials = (name: string): string =>
  name
    .split(/\s+/)
    .map((part) => /[\p{L}\p{N}]/u.exec(part)?.[0] ?? '')
    .filter((letter) => letter !== '')
    .slice(0, 2)
    .join('')
    .toUpperCase();

/** Draws the plan once; `show` changes only what changed. `rows` are fewer on a card. */
export function openTheatre(words: AllWords, rows = 11): Theatre {
  const plan = planOf(rows);
  const { centre, stage: radius } = plan;
  const groups = Array.from({ length: rows }, (_, row) => {
    const group = drawing('g', { class: 'row' });
    group.style.setProperty('--row', String(row));
    return group;
  });
  const dots = plan.seats.map((seat) => {
    const dot = drawing('circle', {
      cx: seat.x.toFixed(1),
      cy: seat.y.toFixed(1),
      r: plan.radius.toFixed(1),
    });
    groups[seat.row]?.append(dot);
    return dot;
  });
  const people = drawing('g', { class: 'people' });
  const left = centre.x - radius;
  const right = centre.x + radius;
  const svg = drawing(
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
  const empty = element('p', { class: 'empty' }, words.emptyStage);
  const scale = element('p', { class: 'scale small ash' });
  const spoken = element('p', { class: 'visually-hidden', 'aria-live': 'polite' });
  const list = element('ul', { class: 'on-stage', 'aria-label': words.stage });
  const picture = element('div', { class: 'picture' }, svg, empty);
  const node = element('figure', { class: 'theatre' }, picture, list, scale, spoken);

  let taken = 0;
  let own = -1;
  let shown = '';
  let toldAt = 0;
  let told = '';
  const places = new Map<string, SVGGElement>();

  const seat = (count: number, mine: boolean): void => {
    for (let i = Math.min(taken, count); i < Math.max(taken, count); i++)
      dots[i]?.classList.toggle('taken', i < count);
    taken = count;
    const place = mine && count > 0 ? Math.min(OWN_SEAT, count - 1) : -1;
    if (place === own) return;
    dots[own]?.classList.remove('own');
    dots[place]?.classList.add('own');
    own = place;
  };
  const arrange = (stage: readonly StagePerson[]): void => {
    const spots = placesOf(stage.length, plan);
    // The first stands in the middle, the others left and right of it in turn.
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
  };
  const name = (stage: readonly StagePerson[]): void => {
    const key = JSON.stringify(stage);
    if (key === shown) return;
    shown = key;
    list.replaceChildren(
      ...stage.map((person) =>
        element(
          'li',
          { class: lookOf(person).trim() },
          element('bdi', { class: 'name' }, person.name),
          element(
            'span',
            { class: 'small ash' },
            person.connected
              ? [
                  person.role === 'speaker' ? '' : words.roles[person.role],
                  person.speaking && !person.muted ? words.speaking : person.muted ? words.muted : '',
                ]
                  .filter((part) => part !== '')
                  .join(' · ')
              : words.gone,
          ),
        ),
      ),
    );
  };

  return {
    node,
    show(scene, seated) {
      const streams = Math.max(scene.streams, seated ? 1 : 0);
      const dot = dotOf(streams, dots.length);
      seat(Math.ceil(streams / dot), seated);
      arrange(scene.stage);
      name(scene.stage);
      const behind = scene.delivery.rung >= 2;
      node.classList.toggle('behind', behind);
      node.classList.toggle(
        'voices',
        scene.stage.some((person) => person.speaking && !person.muted),
      );
      empty.hidden = scene.stage.length > 0;
      write(
        empty,
        scene.status === 'ended' || scene.status === 'cancelled' ? words.emptyOver : words.emptyStage,
      );
      write(scale, dot === 1 ? words.scaleOne : words.scale(words.count(dot)));
      scale.hidden = streams === 0;
      const who = scene.delivery.rung + scene.stage.map(({ id }) => id).join();
      if (performance.now() - toldAt > CALM_MS || who !== told) {
        toldAt = performance.now();
        told = who;
        const speaking = scene.stage
          .filter((person) => person.speaking && !person.muted)
          .map((person) => person.name);
        write(spoken, words.theatre(streams, words.listFormat(speaking), scene.delivery.rung));
      }
    },
  };
}

const lookOf = (person: StagePerson): string =>
  !person.connected ? ' gone' : person.muted ? ' muted' : person.speaking ? ' speaking' : '';
