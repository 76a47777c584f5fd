/** The player inside a page of another site: one button, one sentence, and the way to the room. */
import './embed.css';

import type { RoomState } from '../../../src/wire/room.ts';
import type { RoomCounting } from '../../audience/counting.ts';
import { element, write } from '../../kit/element.ts';
import type { ListenWords } from '../../kit/words.ts';
import type { openControls } from '../controls.ts';
import type { RoomNews } from '../news.ts';
import type { openPoll } from '../poll.ts';
import type { Here, say } from '../say.ts';
import type { openSound, Sound } from '../sound.ts';
import type { cachesOf, free, paceOf, stateAt } from '../ways.ts';

const FAILING_POLL_MS = 20_000;
/** Nobody hears it: the page around may hold many of them. */
const SILENT_POLL_MS = 10_000;
/** Segments kept until the counting is loaded. */
const EARLY = 12;
/** Listeners of caches go up to the live edge within this time once there is room, ms. */
const GO_UP_MS = 60_000;

/**
 * What the script of every listener's page has loaded already. It is handed over, because a part that both imported would
 * become a file of its own, and all of them would be larger.
 */
export interface LoadedParts {
  readonly openControls: typeof openControls;
  readonly openPoll: typeof openPoll;
  readonly openSound: typeof openSound;
  readonly RoomNews: typeof RoomNews;
  readonly say: typeof say;
  readonly cachesOf: typeof cachesOf;
  readonly free: typeof free;
  readonly paceOf: typeof paceOf;
  readonly stateAt: typeof stateAt;
}

/** Builds the player around what the server rendered. */
export function embedPage(main: HTMLElement, words: ListenWords, parts: LoadedParts): void {
  // The page around may be light or dark by its own choice.
  const theme = new URLSearchParams(location.search).get('theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  new EmbedPage(main, words, parts).open();
}

class EmbedPage {
  readonly #main: HTMLElement;
  readonly #words: ListenWords;
  readonly #parts: LoadedParts;
  readonly #slug: string;
  readonly #welcome: boolean;
  readonly #news: RoomNews;
  readonly #sound: Sound;
  readonly #controls: ReturnType<LoadedParts['openControls']>;
  readonly #mark: HTMLElement;
  readonly #sentence: HTMLElement;
  readonly #title: HTMLElement;
  readonly #more: HTMLElement;
  readonly #said: HTMLElement;
  readonly #remind: HTMLElement;
  #counting: RoomCounting | undefined;
  readonly #early: [number, Uint8Array][] = [];
  #goingUp: ReturnType<typeof setTimeout> | undefined;

  constructor(main: HTMLElement, words: ListenWords, parts: LoadedParts) {
    this.#main = main;
    this.#words = words;
    this.#parts = parts;
    this.#slug = main.dataset.slug ?? '';
    this.#welcome = main.dataset.welcome !== undefined;
    this.#title = main.querySelector('h1 a') ?? element('a', {});
    this.#news = new parts.RoomNews(main.dataset, this.#title.textContent ?? this.#slug);
    this.#sound = this.#openSound();
    this.#controls = parts.openControls(
      words,
      this.#sound,
      () => this.#toggle(),
      () => this.#mute(),
    );
    this.#mark = main.querySelector('.mark') ?? element('p', { class: 'mark' });
    this.#more = main.querySelector('.more') ?? element('p', {});
    this.#said = main.querySelector('.said') ?? element('p', {});
    this.#remind = main.querySelector('.remind') ?? element('p', {});
    this.#sentence = main.querySelector('.what') ?? element('p', { class: 'what', role: 'status' });
  }

  open(): void {
    document.documentElement.lang = this.#words.locale;
    for (const plain of this.#main.querySelectorAll('noscript')) plain.remove();
    this.#sentence.after(this.#controls.node);
    this.#render();
    this.#poll();
    setInterval(() => this.#render(), 1_000);
    void this.#count();
  }

  #openSound(): Sound {
    const news = this.#news;
    return this.#parts.openSound(this.#slug, () => this.#render(), {
      embed: isFramed(),
      fromCaches: () => this.#parts.cachesOf(news.state.delivery),
      late: () => news.state.delivery.newcomers !== 'live',
      segment: (...received) => {
        if (this.#counting) this.#counting.segment(...received);
        else if (this.#early.length < EARLY) this.#early.push(received);
      },
      told: (change, place) => this.#take({ ...news.state, ...change }, place),
      // A pause ends at the live edge: the recording is the room page's.
      heard: () => undefined,
    });
  }

  #poll(): void {
    const news = this.#news;
    const sound = this.#sound;
    const first = Math.floor(Math.random() * 64);
    const { openPoll, paceOf, stateAt } = this.#parts;
    openPoll<RoomState>(
      (failures) =>
        stateAt(this.#slug, sound.cached ? news.state.delivery.caches : undefined, { first, failures }),
      {
        seen: () => (sound.on ? paceOf(news.state.delivery) : SILENT_POLL_MS),
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
    if (taken.turn === 'ended' && !sound.replay && sound.on) sound.player.end();
    this.#render();
  }

  /** There is room at the live edge again: listeners of caches move, but not all at the same instant. */
  #moveUp(): void {
    const sound = this.#sound;
    const may = (): boolean => sound.cached && this.#parts.free(this.#news.state.delivery);
    if (this.#goingUp !== undefined || !sound.on || !may()) return;
    this.#goingUp = setTimeout(() => {
      this.#goingUp = undefined;
      if (may()) sound.again();
    }, Math.random() * GO_UP_MS);
  }

  #toggle(): void {
    this.#sound.toggle(this.#news.state.status === 'ended' ? 0 : undefined);
    this.#render();
  }

  #mute(): void {
    const { audio } = this.#sound;
    audio.muted = !audio.muted;
    this.#render();
  }

  #render(): void {
    const sound = this.#sound;
    const { replay, player } = sound;
    const words = this.#words;
    if (sound.informed) this.#news.stillFresh();
    const { state } = this.#news;
    const here: Here = {
      now: this.#news.now(),
      player: replay ? 'idle' : player.state,
      behind: player.behind === undefined ? undefined : player.behind + state.delivery.period / 1000,
      place: player.place,
      steady: player.steady,
      stale: this.#news.stale,
      welcome: this.#welcome,
      within: replay !== undefined,
    };
    const said = this.#parts.say(state, here, words);
    write(this.#mark, said.mark);
    this.#mark.className = `mark ${said.tone}`;
    write(this.#sentence, replay?.state === 'missing' ? words.replayNone : said.sentence);
    write(this.#title, this.#welcome ? words.welcomeTitle : state.title);
    this.#controls.show(state, here, undefined);
    this.#remind.hidden = state.status !== 'scheduled';
    this.#sayReason();
    this.#more.hidden = !this.#hasToWait(here);
    this.#counting?.look(state);
  }

  /** Why it is late or called off, in the host's own words. */
  #sayReason(): void {
    const { status, plans } = this.#news.state;
    const isWaiting = status === 'scheduled' || status === 'open';
    const reason = status === 'cancelled' ? plans?.cancelled?.reason : isWaiting && plans?.late?.reason;
    this.#said.hidden = !reason;
    if (reason)
      write(
        this.#said,
        (this.#said.dataset.says ?? '').replace('{words}', () => reason),
      );
  }

  /** The line and the page to read along are the room's: whoever needs them is told where they are. */
  #hasToWait({ place }: Here): boolean {
    const { delivery } = this.#news.state;
    if (!this.#news.running || this.#sound.replay || this.#parts.free(delivery)) return false;
    const isBehind = this.#sound.on && (place === 'ring' || place === 'either');
    return isBehind || (delivery.newcomers === 'text' && !this.#sound.on);
  }

  /** Loaded after what the sound needs. */
  async #count(): Promise<void> {
    const embed = isFramed();
    if (embed) {
      const { openEmbedImpression } = await import('../../audience/embed-impression.ts');
      openEmbedImpression(this.#slug, this.#main);
    }
    const { openCounting } = await import('../../audience/counting.ts');
    const { now } = this.#news;
    const page = { slug: this.#slug, embed, early: this.#early, now, state: () => this.#news.state };
    this.#counting = openCounting(page, this.#sound);
  }
}

/** True inside another page; a page of another origin does not say more. */
const isFramed = (): boolean => window.top !== window;
