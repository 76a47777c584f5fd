import { isOver, type RoomState, type StagePerson } from '../../../src/wire/room.ts';
import { element, write } from '../../kit/element.ts';
import { dotOf } from '../../kit/figures.ts';
import type { AllWords } from '../../kit/words.ts';
import { lookOf, openPicture } from './picture.ts';

/** What the theatre shows of a room. */
export type Scene = Pick<RoomState, 'streams' | 'stage' | 'status'> &
  Partial<Pick<RoomState, 'program'>> & {
    readonly delivery: Pick<RoomState['delivery'], 'rung'>;
  };

/** A drawn theatre. */
export interface Theatre {
  readonly node: HTMLElement;
  show(scene: Scene, seated: boolean): void;
}

/** Screen readers are told who speaks, and counts, at most this often; who joins and leaves is told at once. */
const CALM_MS = 20_000;

const speaks = (person: StagePerson): boolean => person.speaking && !person.muted;

/** Draws a theatre. Cards have fewer `rows` than the room's page. */
export function openTheatre(words: AllWords, rows = 11): Theatre {
  const picture = openPicture(rows);
  const empty = element('p', { class: 'empty' }, words.emptyStage);
  const scale = element('p', { class: 'scale small ash' });
  const spoken = element('p', { class: 'visually-hidden', 'aria-live': 'polite' });
  const list = openList(words);
  const node = element(
    'figure',
    { class: 'theatre' },
    element('div', { class: 'picture' }, picture.node, empty),
    list.node,
    scale,
    spoken,
  );
  let toldAt = 0;
  let told = '';
  return {
    node,
    show(scene, seated) {
      const { status, program } = scene;
      // What is said backstage is not heard.
      const heard = status === 'live' && program?.carries === 'stage';
      const stage = heard ? scene.stage : scene.stage.map((person) => ({ ...person, speaking: false }));
      const { rung } = scene.delivery;
      const streams = Math.max(scene.streams, seated ? 1 : 0);
      const dot = dotOf(streams, picture.seats);
      picture.fill(Math.ceil(streams / dot), seated);
      picture.arrange(stage);
      list.show(stage);
      node.classList.toggle('behind', rung >= 2);
      node.classList.toggle('voices', stage.some(speaks));
      empty.hidden = stage.length > 0;
      write(empty, isOver(status) || status === 'stopped' ? words.emptyOver : words.emptyStage);
      write(scale, dot === 1 ? words.scaleOne : words.scale(words.count(dot)));
      scale.hidden = streams === 0;
      const who = rung + stage.map(({ id }) => id).join();
      if (performance.now() - toldAt > CALM_MS || who !== told) {
        toldAt = performance.now();
        told = who;
        const speaking = stage.filter(speaks).map((person) => person.name);
        write(spoken, words.theatre(streams, words.listFormat(speaking), rung));
      }
    },
  };
}

/** The list of people on stage, each with a name and a state. */
function openList(words: AllWords) {
  const node = element('ul', { class: 'on-stage', 'aria-label': words.stage });
  let shown = '';
  const doing = (person: StagePerson): string =>
    person.connected
      ? [
          person.role === 'speaker' ? '' : words.roles[person.role],
          speaks(person) ? words.speaking : person.muted ? words.muted : '',
        ]
          .filter((part) => part !== '')
          .join(' · ')
      : words.gone;
  const show = (stage: readonly StagePerson[]): void => {
    const key = JSON.stringify(stage);
    if (key === shown) return;
    shown = key;
    node.replaceChildren(
      ...stage.map((person) =>
        element(
          'li',
          { class: lookOf(person).trim() },
          element('bdi', { class: 'name' }, person.name),
          element('span', { class: 'small ash' }, doing(person)),
        ),
      ),
    );
  };
  return { node, show };
}
