/** The room page for listeners, the same before, during and after. */
import { needsTicket } from '../../src/wire/delivery.ts';
import type { RoomState } from '../../src/wire/room.ts';
import type { RoomCounting } from '../audience/counting.ts';
import { element, write } from '../kit/element.ts';
import { clockOf } from '../kit/figures.ts';
import { allWordsOf, type ListenWords, language } from '../kit/words.ts';
import { openControls } from './controls.ts';
import type { RoomDetails } from './details.ts';
import { frame } from './frame.ts';
import type { LineCard } from './line.ts';
import type { LockScreen } from './lock-screen.ts';
import { RoomNews } from './news.ts';
import { lengthOf, placeOf } from './places.ts';
import { openPoll } from './poll.ts';
import type { ReadingCard } from './reading.ts';
import { type Here, say, timeOf, whenOf } from './say.ts';
import { openSound, type Sound } from './sound.ts';
import { cachesOf, free, paceOf, stateAt } from './ways.ts';

/** Listeners of caches go up to the live edge within this time once there is room, ms. */
const GO_UP_MS = 60_000;
/** A larger delay is a wrong clock, seconds. */
const MAX_BEHIND_S = 300;
const FAILING_POLL_MS = 20_000;
/** Segments kept for a part of the page that is still being loaded. */
const EARLY = 12;

const bare = (text: string): string => text.replace(/\d+/g, '');

/** Builds the page around what the server rendered. */
export function roomPage(main: HTMLElement, mount: HTMLElement, words: ListenWords): void {
  const page = new RoomPage(main, mount.dataset, words);
  page.open();
}

class RoomPage {
  readonly #main: HTMLElement;
  readonly #words: ListenWords;
  readonly #news: RoomNews;
  readonly #slug: string;
  readonly #welcome: boolean;
  readonly #hosts: string;
  readonly #sound: Sound;
  readonly #controls: ReturnType<typeof openControls>;
  /** Where the page's address says to begin. */
  #named = placeOf(location);
  #goingUp: ReturnType<typeof setTimeout> | undefined;
  // Loaded when they are needed.
  #line: LineCard | undefined;
  #reading: ReadingCard | undefined;
  #lock: LockScreen | undefined;
  #details: RoomDetails | undefined;
  #counting: RoomCounting | undefined;
  /** Segments that were received before the counting was loaded. */
  readonly #early: [number, Uint8Array][] = [];

  readonly #mark = element('p', { class: 'mark' });
  readonly #sentence = element('p', { class: 'sentence', role: 'status' });
  readonly #heading: HTMLElement;
  readonly #talk: HTMLElement;
  readonly #house = element('div', { class: 'house-side' });
  readonly #more = element('div', { class: 'actions more' });
  readonly #below = element('div', { class: 'below' });

  constructor(main: HTMLElement, dataset: DOMStringMap, words: ListenWords) {
    const { slug = '', welcome } = dataset;
    this.#main = main;
    this.#words = words;
    this.#slug = slug;
    this.#welcome = welcome !== undefined;
    this.#news = new RoomNews(dataset, main.querySelector('h1')?.textContent ?? slug);
    this.#hosts = words.listFormat(this.#news.state.hosts);
    this.#sound = this.#openSound();
    this.#controls = openControls(
      words,
      this.#sound,
      () => this.#toggle(),
      () => this.#mute(),
    );
    this.#heading = element('h1', { dir: 'auto' }, this.#news.state.title);
    this.#talk = element('div', { class: 'talk' }, this.#sentence, this.#controls.node);
  }

  /** Shows the page, and keeps it up to date. */
  open(): void {
    const words = this.#words;
    const byline = this.#news.state.hosts.length > 0 ? words.with(this.#hosts) : '';
    frame(this.#main, words, words.skip);
    this.#main.className = 'room-page page';
    this.#sentence.after(...this.#main.querySelectorAll('.reminded'));
    this.#main.replaceChildren(
      element(
        'div',
        { class: 'masthead' },
        this.#mark,
        this.#heading,
        element('p', { class: 'hosts ash' }, byline),
        ...this.#main.querySelectorAll('.about'),
      ),
      ...[this.#talk, this.#house, this.#more, this.#below],
    );
    this.#render();
    this.#poll();
    setInterval(() => this.#render(), 1_000);
  }

  #openSound(): Sound {
    const news = this.#news;
    return openSound(this.#slug, () => this.#render(), {
      ticket: () => this.#line?.ticket,
      // A listener who is called goes to a door.
      fromCaches: () => (this.#line?.called ? undefined : cachesOf(news.state.delivery)),
      late: () => news.state.delivery.newcomers !== 'live' && !this.#line?.called,
      segment: (...received) => {
        if (this.#counting) this.#counting.segment(...received);
        else if (this.#early.length < EARLY) this.#early.push(received);
      },
      told: (change, place) => this.#take({ ...news.state, ...change }, place),
      heard: () => {
        const ago = this.#behind();
        return this.#recorded() === undefined || ago === undefined ? undefined : news.now() - ago * 1000;
      },
    });
  }

  /** Reads the room's state while the stream does not tell it. */
  #poll(): void {
    const news = this.#news;
    const sound = this.#sound;
    const first = Math.floor(Math.random() * 64);
    openPoll<RoomState>(
      (failures) =>
        stateAt(this.#slug, sound.cached ? news.state.delivery.caches : undefined, { first, failures }),
      {
        seen: () => paceOf(news.state.delivery),
        failing: FAILING_POLL_MS,
        known: () => sound.informed,
      },
      (fresh) => {
        if (!news.isOlder(fresh)) this.#take(fresh);
      },
      () => {
        news.failed();
        this.#render();
      },
    );
  }

  #take(...told: Parameters<RoomNews['take']>): void {
    const sound = this.#sound;
    const taken = this.#news.take(...told);
    if (!taken) return;
    this.#moveUp();
    if (taken.turn === 'opened') this.#details?.opened(this.#news.state.title);
    if (taken.turn === 'ended' && !sound.replay && sound.on) sound.player.end();
    this.#render();
  }

  /** There is room at the live edge again: listeners of caches move, but not all at the same instant. */
  #moveUp(): void {
    const sound = this.#sound;
    const may = (): boolean => sound.cached && free(this.#news.state.delivery);
    if (this.#goingUp !== undefined || !sound.on || !may()) return;
    this.#goingUp = setTimeout(() => {
      this.#goingUp = undefined;
      if (may()) sound.again();
    }, Math.random() * GO_UP_MS);
  }

  #toggle(on = !this.#sound.on): void {
    const from = this.#from() ?? (this.#news.state.status === 'ended' ? 0 : undefined);
    if (on !== this.#sound.on) this.#sound.toggle(from);
    this.#named = undefined;
    this.#render();
  }

  #seek(by: number): void {
    const { replay } = this.#sound;
    if (replay) replay.seek(replay.at + by);
    else if (by < 0 && this.#news.running && this.#recorded() !== undefined) void this.#sound.back(by);
  }

  #mute(): void {
    const { audio } = this.#sound;
    audio.muted = !audio.muted;
    this.#render();
  }

  #volume(by: number): void {
    const { audio } = this.#sound;
    audio.volume = Math.min(1, Math.max(0, audio.volume + by));
    audio.muted = false;
    this.#render();
  }

  /** The length of what is kept of the room, seconds. */
  #recorded(): number | undefined {
    return lengthOf(this.#news.state, { now: this.#news.now(), welcome: this.#welcome });
  }

  /** Where the address says to begin, if the recording has such a place. */
  #from(): number | undefined {
    const length = this.#recorded();
    return length !== undefined && this.#named !== undefined && this.#named < length
      ? this.#named
      : undefined;
  }

  /** Seconds from the stage to this ear: by the program's clock where it is known, otherwise by what is buffered. */
  #behind(): number | undefined {
    const { position, behind } = this.#sound.player;
    const { zero } = this.#news;
    if (position !== undefined && zero !== undefined && this.#news.timed) {
      const measured = (this.#news.now() - zero) / 1000 - position;
      if (measured > 0 && measured < MAX_BEHIND_S) return measured;
    }
    return behind === undefined ? undefined : behind + this.#news.state.delivery.period / 1000;
  }

  #render(): void {
    const sound = this.#sound;
    const { replay, player } = sound;
    if (sound.informed) this.#news.stillFresh();
    const { state } = this.#news;
    const here: Here = {
      now: this.#news.now(),
      player: replay ? 'idle' : player.state,
      behind: this.#behind(),
      place: player.place,
      steady: player.steady,
      stale: this.#news.stale,
      welcome: this.#welcome,
      within: replay !== undefined || this.#from() !== undefined,
    };
    this.#renderWords(state, here);
    const named = this.#from();
    this.#controls.show(state, here, named);
    this.#loadDetails();
    this.#details?.show(state, here, named);
    this.#counting?.look(state);
    const at = this.#news.running && sound.on && !replay ? player.place : undefined;
    const queue = needsTicket(state.delivery);
    if ((at === 'ring' || at === 'either') && queue) this.#loadLine();
    this.#line?.show(at, here.behind === undefined ? state.delivery.ring : here.behind * 1000, queue);
    if (state.delivery.newcomers === 'text') this.#loadReading();
    this.#reading?.show(state);
    if (sound.on) this.#loadLock();
    this.#lock?.playing(sound.on);
  }

  #renderWords(state: RoomState, here: Here): void {
    const { replay, paused } = this.#sound;
    const words = this.#words;
    const said = say(state, here, words);
    write(this.#mark, said.mark);
    this.#mark.className = `mark ${said.tone}`;
    const late = replay && this.#news.running ? replay.seconds - replay.at : undefined;
    const about = (): string => {
      if (replay?.state === 'missing') return this.#news.running ? words.replayMissing : words.replayNone;
      if (late !== undefined) return words.behindLive(clockOf(late));
      return paused === undefined ? said.sentence : words.pausedAt(timeOf(paused, words));
    };
    const text = about();
    const told = this.#sentence;
    if (text !== told.textContent) {
      // A figure that moves on is not read aloud again.
      told.setAttribute('aria-live', bare(text) === bare(told.textContent) ? 'off' : 'polite');
      told.textContent = text;
    }
    write(this.#heading, this.#welcome ? words.welcomeTitle : state.title);
    document.title = `${state.status === 'live' ? '● ' : ''}\u2068${state.title}\u2069`;
  }

  /** Loads a module the first time it is called, and again after a failure. */
  #once<T>(load: () => Promise<T>, use: (module: T) => void): () => void {
    let asked = false;
    return () => {
      if (asked) return;
      asked = true;
      load().then(
        (module) => {
          use(module);
          this.#render();
        },
        () => {
          asked = false;
        },
      );
    };
  }

  /** Loaded once there is something to hear; without it there are the page's own buttons. */
  readonly #loadLock = this.#once(
    () => import('./lock-screen.ts'),
    ({ lockScreen }) => {
      this.#lock = lockScreen(this.#news.state.title, this.#hosts, {
        play: () => this.#toggle(true),
        pause: () => this.#sound.pause(),
        live: () => this.#sound.live(),
        seek: (by) => this.#seek(by),
      });
    },
  );

  /** Loaded by listeners who have to wait. */
  readonly #loadLine = this.#once(
    () => import('./line.ts'),
    ({ openLine }) => {
      const moveUp = (): void => this.#sound.again();
      this.#line = openLine({ slug: this.#slug, language: language(), now: this.#news.now, moveUp });
      this.#controls.node.after(this.#line.node);
    },
  );

  /** Loaded by people who come when there is no capacity for more sound. */
  readonly #loadReading = this.#once(
    () => import('./reading.ts'),
    ({ readingCard }) => {
      const when = (at: number): string => whenOf(at, this.#news.now(), this.#words);
      this.#reading = readingCard(this.#slug, this.#words, this.#sound, when);
      this.#controls.node.after(this.#reading.node);
    },
  );

  /** Loaded at once, but after what the sound needs. */
  readonly #loadDetails = this.#once(
    async () => {
      const [{ roomDetails }, all] = await Promise.all([import('./details.ts'), allWordsOf(this.#words)]);
      return { roomDetails, all };
    },
    ({ roomDetails, all }) => {
      const actions = {
        toggle: () => this.#toggle(),
        mute: () => this.#mute(),
        live: () => this.#news.running && this.#sound.live(),
        seek: (by: number) => this.#seek(by),
        volume: (by: number) => this.#volume(by),
      };
      this.#details = roomDetails(
        {
          controls: this.#controls.node,
          talk: this.#talk,
          house: this.#house,
          more: this.#more,
          below: this.#below,
        },
        {
          ...{ slug: this.#slug, words: all, sound: this.#sound, actions, news: this.#news },
        },
      );
      this.#loadCounting();
    },
  );

  /** Loaded last. */
  readonly #loadCounting = this.#once(
    () => import('../audience/counting.ts'),
    ({ openCounting }) => {
      const { now } = this.#news;
      const page = { slug: this.#slug, early: this.#early, now, state: () => this.#news.state };
      this.#counting = openCounting(page, this.#sound);
    },
  );
}
