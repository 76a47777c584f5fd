/** The room page for listeners, the same before, during and after. */
import { needsTicket, roughly } from '../../src/wire/delivery.ts';
import type { StreamPlace } from '../../src/wire/notice.ts';
import { type Clocks, isRunning, type RoomState, type RoomStatus, stateOfCard } from '../../src/wire/room.ts';
import { element, write } from '../kit/element.ts';
import { clockOf } from '../kit/figures.ts';
import { allWordsOf, language, type Words } from '../kit/words.ts';
import { openControls } from './controls.ts';
import type { RoomDetails } from './details.ts';
import { frame } from './frame.ts';
import type { LineCard } from './line.ts';
import type { LockScreen } from './lock-screen.ts';
import { placeOf } from './places.ts';
import { openPoll } from './poll.ts';
import type { ReadingCard } from './reading.ts';
import { type Here, say, timeOf, whenOf } from './say.ts';
import { Skew } from './skew.ts';
import { openSound } from './sound.ts';
import { cachesOf, free, paceOf, stateAt } from './ways.ts';

/** A state older than this, with fetches failing, is no longer news. */
const STALE_MS = 15_000;
/** Those who listen out of caches go up to the live edge within this time of there being room. */
const GO_UP_MS = 60_000;
/** Estimates of the delay outside of this are a wrong clock, not a delay. */
const MAX_BEHIND_S = 300;
/** Further back than this is a server whose clock was set, not an old copy. */
const OLDER_MS = 15_000;

/** Builds the page around what the server rendered. */
export function roomPage(main: HTMLElement, mount: HTMLElement, words: Words): void {
  const {
    slug = '',
    title = '',
    status = 'scheduled',
    hosts = '[]',
    clocks = '{}',
    zero,
    welcome,
  } = mount.dataset;
  let state: RoomState = {
    ...stateOfCard(
      {
        slug,
        title: title || (main.querySelector('h1')?.textContent ?? slug),
        hosts: parsed<string[]>(hosts, []),
        status: status as RoomStatus,
        clocks: parsed<Clocks>(clocks, {}),
      },
      Date.now(),
    ),
    studio: 'here',
  };
  const programZero = zero === undefined ? undefined : Number(zero);
  let freshAt = Date.now();
  let failing = false;
  let newest = 0;
  const skew = new Skew();
  const now = (): number => Date.now() - (skew.value ?? 0);

  let goingUp: ReturnType<typeof setTimeout> | undefined;
  let line: LineCard | undefined;
  let reading: ReadingCard | undefined;
  let lock: LockScreen | undefined;
  let details: RoomDetails | undefined;
  const sound = openSound(slug, () => render(), {
    ticket: () => line?.ticket,
    // Who is called goes to a door.
    ring: () => (line?.called ? undefined : cachesOf(state.delivery)),
    late: () => state.delivery.newcomers !== 'live' && !line?.called,
    told(change, place) {
      take({ ...state, ...change }, place);
    },
    heard() {
      const ago = behind();
      return state.clocks.firstSpeech === undefined || ago === undefined ? undefined : now() - ago * 1000;
    },
  });
  const hostLine = words.listFormat(state.hosts);
  const mark = element('p', { class: 'mark' });
  const sentence = element('p', { class: 'sentence', role: 'status' });
  const heading = element('h1', { dir: 'auto' }, state.title);
  const byline = element('p', { class: 'hosts ash' }, state.hosts.length > 0 ? words.with(hostLine) : '');
  /** Where an address says to begin. */
  let named = placeOf(location);

  const once = <T>(load: () => Promise<T>, use: (module: T) => void) => {
    let asked = false;
    return (): void => {
      if (asked) return;
      asked = true;
      load().then(
        (module) => {
          use(module);
          render();
        },
        () => {
          asked = false;
        },
      );
    };
  };
  const running = (): boolean => isRunning(state.status);
  const toggle = (on = !sound.on): void => {
    if (on !== sound.on) sound.toggle(named ?? (state.status === 'ended' ? 0 : undefined));
    named = undefined;
    render();
  };
  const seek = (by: number): void => {
    if (sound.replay) sound.replay.seek(sound.replay.at + by);
    else if (by < 0 && running() && state.clocks.firstSpeech !== undefined) void sound.back(by);
  };
  const mute = (): void => {
    sound.audio.muted = !sound.audio.muted;
    render();
  };
  const volume = (by: number): void => {
    sound.audio.volume = Math.min(1, Math.max(0, sound.audio.volume + by));
    sound.audio.muted = false;
    render();
  };
  const controls = openControls(words, sound, () => toggle(), mute);

  /** Seconds from the stage to this ear: by the program's clock where it is known, else by what is buffered. */
  const behind = (): number | undefined => {
    const { position, behind: buffered } = sound.player;
    if (position !== undefined && programZero !== undefined && skew.value !== undefined) {
      const measured = (now() - programZero) / 1000 - position;
      if (measured > 0 && measured < MAX_BEHIND_S) return measured;
    }
    return buffered === undefined ? undefined : buffered + state.delivery.period / 1000;
  };
  /** The room is told of: by its file, or by the stream, which in the ring is as late as the sound. */
  const take = (fresh: RoomState, place?: StreamPlace): void => {
    if (fresh.v !== 1 || fresh.slug !== slug) return;
    failing = false;
    newest = fresh.at;
    if (place !== 'ring') skew.saw(fresh.at, Date.now(), performance.now());
    const opened = state.status === 'scheduled' && isRunning(fresh.status);
    const ended = state.status !== 'ended' && fresh.status === 'ended';
    state = { ...fresh, streams: fresh.delivery.rung ? roughly(fresh.streams) : fresh.streams };
    freshAt = Date.now();
    // There is room at the live edge again: not everyone in one instant.
    if (goingUp === undefined && sound.on && sound.cached && free(fresh.delivery))
      goingUp = setTimeout(() => {
        goingUp = undefined;
        if (sound.cached && free(state.delivery)) sound.again();
      }, Math.random() * GO_UP_MS);
    if (opened) details?.opened(state.title);
    if (ended && !sound.replay && sound.on) sound.player.end();
    render();
  };
  const render = (): void => {
    const replay = sound.replay;
    if (sound.informed) freshAt = Date.now();
    const here: Here = {
      now: now(),
      player: replay ? 'idle' : sound.player.state,
      behind: behind(),
      place: sound.player.place,
      steady: sound.player.steady,
      stale: failing && Date.now() - freshAt > STALE_MS + 2 * paceOf(state.delivery),
    };
    const said = say(state, here, words);
    write(mark, said.mark);
    mark.className = `mark ${said.tone}`;
    const late = replay && running() ? replay.seconds - replay.at : undefined;
    write(
      sentence,
      replay?.state === 'missing'
        ? words.replayMissing
        : late !== undefined
          ? words.behindLive(clockOf(late))
          : sound.paused !== undefined
            ? words.pausedAt(timeOf(sound.paused, words))
            : said.sentence,
    );
    sentence.setAttribute('aria-live', late === undefined ? 'polite' : 'off');
    write(heading, welcome ? words.welcomeTitle : state.title);
    const begun = state.clocks.firstSpeech !== undefined;
    controls.show(state, here, begun ? named : undefined);
    detailing();
    details?.show(state, here, begun ? named : undefined);
    const at = running() && sound.on && !replay ? sound.player.place : undefined;
    const queue = needsTicket(state.delivery);
    if ((at === 'ring' || at === 'either') && queue) queueUp();
    line?.show(at, here.behind === undefined ? state.delivery.ring : here.behind * 1000, queue);
    if (state.delivery.newcomers === 'text') readAlong();
    reading?.show(state);
    if (sound.on) locking();
    lock?.playing(sound.on);
    document.title = `${state.status === 'live' ? '● ' : ''}\u2068${state.title}\u2069`;
  };

  /** Fetched once there is something to hear; without it there are the page's own buttons. */
  const locking = once(
    () => import('./lock-screen.ts'),
    ({ lockScreen }) => {
      const buttons = {
        play: () => toggle(true),
        pause: () => sound.pause(),
        live: () => sound.live(),
        seek,
      };
      lock = lockScreen(state.title, hostLine, buttons);
    },
  );
  /** Fetched by those who have to wait. */
  const queueUp = once(
    () => import('./line.ts'),
    ({ openLine }) => {
      line = openLine({ slug, language: language(), now, goUp: () => sound.again() });
      controls.node.after(line.node);
    },
  );
  /** Fetched by those who come when there is no place for more sound. */
  const readAlong = once(
    () => import('./reading.ts'),
    ({ readingCard }) => {
      reading = readingCard(slug, words, sound, (at) => whenOf(at, now(), words));
      controls.node.after(reading.node);
    },
  );

  /** Fetched at once, but after what sound needs. */
  const detailing = once(
    async () => {
      const [{ roomDetails }, all] = await Promise.all([import('./details.ts'), allWordsOf(words)]);
      return { roomDetails, all };
    },
    ({ roomDetails, all }) => {
      const actions = { toggle: () => toggle(), mute, live: () => running() && sound.live(), seek, volume };
      details = roomDetails(
        { controls: controls.node, talk, house, more, below },
        { slug, words: all, sound, actions },
      );
    },
  );
  const talk = element('div', { class: 'talk' }, sentence, controls.node);
  const house = element('div', { class: 'house-side' });
  const more = element('div', { class: 'actions more' });
  const below = element('div', { class: 'below' });

  frame(main, words, words.skip);
  main.className = 'room-page page';
  main.replaceChildren(
    element('div', { class: 'masthead' }, mark, heading, byline),
    talk,
    house,
    more,
    below,
  );
  render();
  const first = Math.floor(Math.random() * 64);
  openPoll<RoomState>(
    (failures) => stateAt(slug, sound.cached ? state.delivery.caches : undefined, { first, failures }),
    { seen: () => paceOf(state.delivery), failing: 20_000, known: () => sound.informed },
    (fresh) => {
      // A cache may be a second or two behind what a door has said.
      if (fresh.at >= newest || newest - fresh.at >= OLDER_MS) take(fresh);
    },
    () => {
      failing = true;
      render();
    },
  );
  setInterval(render, 1_000);
}

function parsed<T>(text: string, otherwise: T): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    return otherwise;
  }
}
