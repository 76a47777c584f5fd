/** What a replay consists of: chapters, who speaks next, the waveform, clips, and what was left out. */
import type { OutlineChapter, ReplayOutline, Waveform } from '../../../src/wire/replay/outline.ts';
import { isRunning, type RoomState } from '../../../src/wire/room.ts';
import { element, write } from '../../kit/element.ts';
import { clockOf } from '../../kit/figures.ts';
import type { AllWords } from '../../kit/words.ts';
import type { Sound } from '../sound.ts';
import { indexAt, neighbour } from './neighbour.ts';
import { openWaveform } from './waveform.ts';
import './replay.css';

/** A recording that grows is read again after this long, ms; one that is over only where it was trimmed or mended. */
const AGAIN_MS = 30_000;
const AGAIN_OVER_MS = 120_000;
/** Chapters that are shown at once; the rest unfold. */
const SHOWN = 12;

/** The card. */
export interface ReplayCard {
  readonly node: HTMLElement;
  /** `from`: where the page would begin, seconds. */
  show(state: RoomState, from: number | undefined): void;
  /** Goes to the next person who speaks, or the one before; false when there is none. */
  skip(by: 1 | -1): boolean;
}

/** Makes the card of a room. */
export function openReplayCard(slug: string, words: AllWords, sound: Sound): ReplayCard {
  let outline: ReplayOutline | undefined;
  let asked = Number.NEGATIVE_INFINITY;
  let waveAsked = false;
  let running = false;
  let shown: ReplayOutline | undefined;
  let bound = false;
  let here = 0;

  const go = (at: number): void => {
    if (sound.replay) sound.replay.seek(at);
    else void sound.back(at);
  };
  const waveform = openWaveform(words, go);
  const previous = element('button', { type: 'button', class: 'button quiet' }, words.previousSpeaker);
  const next = element('button', { type: 'button', class: 'button quiet' }, words.nextSpeaker);
  const now = element('p', { class: 'now-speaking', dir: 'auto' });
  const chapters = element('ol', { class: 'chapters' });
  const clips = element('ul', { class: 'clip-list' });
  const trims = element('div', { class: 'trims small' });
  const chapterPart = element('section', {}, element('h2', {}, words.chapters), chapters);
  const clipPart = element('section', {}, element('h2', {}, words.clips), clips);
  const node = element(
    'section',
    { class: 'replay-card', 'aria-label': words.replayParts, hidden: true },
    waveform.node,
    now,
    element('div', { class: 'actions' }, previous, next),
    ...[chapterPart, clipPart, trims],
  );

  const skip = (by: 1 | -1): boolean => {
    const to = outline && neighbour(outline.turns, sound.replay?.at ?? here, by);
    if (to === undefined) return false;
    go(to);
    return true;
  };
  previous.addEventListener('click', () => skip(-1));
  next.addEventListener('click', () => skip(1));

  const read = async <T>(file: string): Promise<T | undefined> => {
    const response = await fetch(`/r/${slug}/replay/${file}`).catch(() => undefined);
    return response?.ok ? ((await response.json()) as T) : undefined;
  };
  const look = (): void => {
    const due = running ? AGAIN_MS : AGAIN_OVER_MS;
    if (document.hidden || performance.now() - asked < due) return;
    asked = performance.now();
    void read<ReplayOutline>('outline.json').then((fresh) => {
      outline = fresh ?? outline;
      // Soon again: the first seconds may just be written.
      if (!fresh && running) asked = performance.now() - due + 8_000;
    });
    // A recording that grows has no picture of its whole yet.
    if (running || waveAsked) return;
    waveAsked = true;
    void read<Waveform>('waveform.json').then((fresh) => {
      if (fresh) waveform.read(fresh);
      else waveAsked = false;
    });
  };

  const chapterLine = (chapter: OutlineChapter): HTMLElement => {
    const link = element(
      'a',
      { href: `/r/${slug}?t=${Math.floor(chapter.at)}` },
      element('span', { class: 'ash at' }, clockOf(chapter.at)),
      element('span', { dir: 'auto' }, chapter.title),
    );
    link.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      go(chapter.at);
    });
    const more = chapter.link
      ? element(
          'a',
          { class: 'small more-link', href: chapter.link, rel: 'noopener nofollow ugc' },
          words.chapterLink,
        )
      : undefined;
    return element('li', { class: chapter.kind }, link, more);
  };
  const list = ({ chapters: all, clips: cut, trims: left, original }: ReplayOutline): void => {
    chapterPart.hidden = all.length < 2;
    const lines = all.map(chapterLine);
    chapters.replaceChildren(...lines);
    if (all.length > SHOWN) {
      const rest = lines.slice(SHOWN);
      for (const line of rest) line.hidden = true;
      const unfold = element(
        'button',
        { type: 'button', class: 'button quiet small' },
        words.allChapters(all.length),
      );
      unfold.addEventListener('click', () => {
        for (const line of rest) line.hidden = false;
        rest[0]?.querySelector('a')?.focus();
        unfold.parentElement?.remove();
      });
      chapters.append(element('li', {}, unfold));
    }
    clipPart.hidden = cut.length === 0;
    clips.replaceChildren(
      ...cut.map(({ id, title, from, to }) =>
        element(
          'li',
          {},
          element('a', { href: `/r/${slug}/clip/${id}`, dir: 'auto' }, title),
          element('span', { class: 'small ash' }, ` ${clockOf((to - from) / 1000 + 0.5)}`),
        ),
      ),
    );
    trims.replaceChildren(
      ...left.map((trim) => element('p', { dir: 'auto' }, words.trimmed(trim, clockOf(trim.at)))),
      ...(original && left.length > 0
        ? [
            element(
              'details',
              {},
              element('summary', {}, words.originalKept),
              element('p', {}, words.originalHash),
              element('code', {}, original.sha256),
            ),
          ]
        : []),
    );
  };

  /** Buttons of the lock screen and of headsets mean speakers while the recording is heard. */
  const bind = (on: boolean): void => {
    const session = 'mediaSession' in navigator ? navigator.mediaSession : undefined;
    if (!session || on === bound) return;
    bound = on;
    try {
      session.setActionHandler('previoustrack', on ? () => skip(-1) : null);
      session.setActionHandler('nexttrack', on ? () => skip(1) : () => sound.live());
      session.setActionHandler(
        'seekto',
        on ? ({ seekTime }) => seekTime !== undefined && go(seekTime) : null,
      );
    } catch {
      // This browser does not know the button.
    }
  };
  const place = (at: number, whole: number): void => {
    const session = 'mediaSession' in navigator ? navigator.mediaSession : undefined;
    if (!sound.replay || !Number.isFinite(whole) || at > whole || whole === 0) return;
    session?.setPositionState?.({
      duration: whole,
      position: at,
      playbackRate: sound.audio.playbackRate || 1,
    });
  };

  return {
    node,
    skip,
    show(state, from) {
      running = isRunning(state.status);
      const { replay } = sound;
      const gone = state.recording?.removedAt !== undefined;
      // Who hears the live program does not need it.
      const wanted = !gone && (state.status === 'ended' || replay !== undefined);
      node.hidden = !wanted || !outline;
      bind(wanted && replay !== undefined);
      if (!wanted) return;
      look();
      if (!outline) return;
      if (shown !== outline) {
        shown = outline;
        list(outline);
      }
      here = replay?.at ?? from ?? 0;
      const whole = replay?.seconds || outline.seconds;
      waveform.show(here, whole, outline.chapters);
      place(here, whole);
      const turn = outline.turns[indexAt(outline.turns, here)];
      previous.hidden = next.hidden = outline.turns.length < 2;
      next.toggleAttribute('disabled', neighbour(outline.turns, here, 1) === undefined);
      now.hidden = !turn;
      if (turn) write(now, words.nowSpeaking(turn.title));
      const current = indexAt(outline.chapters, here);
      for (const [index, line] of [...chapters.children].entries())
        if (index === current) line.setAttribute('aria-current', 'true');
        else line.removeAttribute('aria-current');
    },
  };
}
