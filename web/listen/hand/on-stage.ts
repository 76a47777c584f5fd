/** A listener on stage, on their own page: microphone, the others' voices, and what the hosts ask. Loaded when called. */
import type { HandTrouble } from '../../../src/wire/stage/hands.ts';
import {
  act,
  type CallState,
  DEFAULT_MICROPHONE,
  follow,
  keepAwake,
  openMicrophone,
  openPublisher,
  openReceiver,
} from '../../capture/index.ts';
import type { Sound } from '../sound.ts';
import { openBridge } from './bridge.ts';

/** What a person on stage sees. */
export interface StageView {
  readonly at: 'coming' | 'connecting' | 'on' | 'lost';
  readonly muted: boolean;
  /** A host turned the microphone off. */
  readonly forced: boolean;
  /** Heard by the hosts alone. */
  readonly checked: boolean;
  /** The browser holds the sound back until a click. */
  readonly blocked: boolean;
  /** A host asks them to speak. */
  readonly asked: boolean;
}

/** What the stage needs from the page. */
export interface OnStageOptions {
  readonly slug: string;
  readonly sound: Sound;
  now(): number;
  readonly zero: number | undefined;
  /** A token of the stage, or another one before it ends. */
  take(): Promise<string | undefined>;
  changed(view: StageView): void;
  /** It is over: the person is a listener again. */
  over(why: HandTrouble | 'left' | 'moved' | 'refused'): void;
}

/** A person's stay on stage. */
export interface OnStage {
  mute(muted: boolean): void;
  /** Plays the others after the browser held them back. */
  play(): void;
  /** Leaves for the program. */
  leave(): Promise<void>;
}

const RENEW_MS = 10 * 60_000;
/** The microphone opens at the latest this long after it is connected, ms, though the stage is silent to this page. */
const PATIENCE_MS = 2_500;

/** Comes on stage. */
export async function comeOnStage(options: OnStageOptions): Promise<OnStage | undefined> {
  const { slug, changed } = options;
  let view: StageView = {
    ...{ at: 'coming', muted: false, forced: false, checked: false, blocked: false, asked: false },
  };
  const show = (more: Partial<StageView>): void => {
    view = { ...view, ...more };
    changed(view);
  };
  show({});
  const [first, microphone] = await Promise.all([
    options.take(),
    openMicrophone(DEFAULT_MICROPHONE, () => void end('failed')),
  ]);
  if (first === undefined || typeof microphone === 'string') {
    if (typeof microphone !== 'string') microphone.close();
    options.over(first === undefined ? 'refused' : (microphone as HandTrouble));
    return undefined;
  }
  let token = first;
  let me = '';
  let over = false;
  let ready = false;
  const awake = new AbortController();
  keepAwake(awake.signal);
  const bridge = openBridge({ ...options, direct: () => receiver.volume(1) });
  const apply = (): void => microphone.mute(!ready || view.muted || view.forced);
  apply();
  show({ at: 'connecting' });

  let begun = false;
  const begin = async (): Promise<void> => {
    if (begun) return;
    begun = true;
    await bridge.up();
    ready = true;
    apply();
  };
  const states: Record<'hearing' | 'speaking', CallState['at']> = { hearing: 'idle', speaking: 'idle' };
  const state = (which: 'hearing' | 'speaking', it: CallState): void => {
    states[which] = it.at;
    if (over) return;
    if (it.at === 'refused' && it.why.code !== 'already-on-stage') return void end('moved');
    if (which === 'hearing' && it.at === 'on') void begin();
    if (which === 'speaking' && it.at === 'on') setTimeout(() => void begin(), PATIENCE_MS);
    const lost = states.speaking === 'lost';
    show({
      at: lost ? 'lost' : states.speaking === 'on' ? 'on' : view.at === 'lost' ? 'lost' : 'connecting',
    });
  };
  const current = (): string => token;
  const receiver = openReceiver({
    ...{ url: `/r/${slug}/whep`, token: current },
    state: (it) => state('hearing', it),
    blocked: (blocked) => show({ blocked }),
    track: (track) => bridge.voice(track),
  });
  // Its elements are silent until the delayed sound has caught up: every browser wants them for the tracks to flow.
  receiver.volume(0);
  const publisher = openPublisher({
    ...{ url: `/r/${slug}/whip`, token: current, music: false },
    track: () => microphone.track,
    state: (it) => state('speaking', it),
  });
  const stop = new AbortController();
  const renew = setInterval(() => void options.take().then((next) => (token = next ?? token)), RENEW_MS);
  const listen = (): void =>
    void follow({
      ...{ slug, token: current, signal: stop.signal },
      state: () => {},
      ready: async () => {},
      line(it) {
        if (it.kind === 'you') me = it.id;
        else if (it.kind === 'roster') {
          const mine = it.people.find(({ id }) => id === me);
          if (mine) {
            show({ forced: mine.forced, checked: mine.backstage === true });
            apply();
          }
        } else if (it.kind === 'asked') {
          if (it.what === 'listen' || it.what === 'leave') void end('moved');
          else if (it.what === 'mute') mute(true);
          else if (it.what === 'unmute') show({ asked: true });
        }
      },
    });
  const mute = (muted: boolean): void => {
    show({ muted, asked: false });
    apply();
    void act(slug, token, { do: 'muted', muted });
  };
  const end = async (why: Parameters<OnStageOptions['over']>[0]): Promise<void> => {
    if (over) return;
    over = true;
    clearInterval(renew);
    stop.abort();
    awake.abort();
    microphone.mute(true);
    const leave = (): void => {
      microphone.close();
      receiver.close();
      publisher.close();
      options.over(why);
    };
    if (begun) await bridge.down(leave);
    else leave();
  };
  publisher.open(true);
  receiver.open();
  listen();
  return { mute, play: () => receiver.play(), leave: () => end('left') };
}
