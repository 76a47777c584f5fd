/** A listener on stage, on their own page: microphone, the others' voices, and what the hosts ask. Loaded when called. */
import type { BackstageLine, BackstagePerson } from '../../../src/wire/stage/backstage.ts';
import type { HandTrouble } from '../../../src/wire/stage/hands.ts';
import {
  act,
  type CallState,
  follow,
  iceServersOf,
  keepAwake,
  openPublisher,
  openReceiver,
} from '../../capture/index.ts';
import type { Sound } from '../sound.ts';
import { type Bridge, openBridge } from './bridge.ts';
import { calledMicrophone } from './called-microphone.ts';
import type { StageGrant } from './own-hand.ts';

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
  take(): Promise<StageGrant | undefined>;
  changed(view: StageView): void;
  /** It is over: the person is a listener again. */
  over(why: HandTrouble | 'left' | 'moved' | 'refused' | 'elsewhere'): void;
}

/** A person's stay on stage. */
export interface OnStage {
  mute(muted: boolean): void;
  /** Plays the others after the browser held them back. */
  play(): void;
  /** Leaves for the program. */
  leave(): Promise<void>;
}

const COMING: StageView = {
  ...{ at: 'coming', muted: false, forced: false, checked: false, blocked: false, asked: false },
};
const RENEW_MS = 10 * 60_000;
/** The microphone opens at the latest this long after it is connected, ms, though the stage is silent to this page. */
const PATIENCE_MS = 2_500;

/** The way to the stage, with what can be made before a host calls. */
export interface StageWay {
  /**
   * Comes on stage, with the microphone off if so wished, until the person turns it on; undefined when that was refused.
   * Once.
   */
  come(muted: boolean): Promise<OnStage | undefined>;
  /** The hand is down: what was made is of no use. */
  close(): void;
}

/**
 * Makes both connections' keys and candidates ahead, so that a call is answered sooner. The studio is asked for nothing
 * yet, and the microphone is not opened.
 */
export function wayToStage(options: OnStageOptions): StageWay {
  const { slug, changed } = options;
  let view = COMING;
  const show = (more: Partial<StageView>): void => {
    view = { ...view, ...more };
    changed(view);
  };
  let token = '';
  let servers: readonly RTCIceServer[] = [];
  let bridge: Bridge | undefined;
  let over = false;
  let ready = false;
  const microphone = calledMicrophone(
    () => void publisher.changeTrack(),
    (why) => void end(why),
  );
  const apply = (): void => microphone.mute(!ready || view.muted || view.forced);

  let begun = false;
  const begin = async (): Promise<void> => {
    if (begun) return;
    begun = true;
    await bridge?.up();
    ready = true;
    apply();
  };
  const states: Record<'hearing' | 'speaking', CallState['at']> = { hearing: 'idle', speaking: 'idle' };
  const state = (which: 'hearing' | 'speaking', it: CallState): void => {
    states[which] = it.at;
    if (over) return;
    // Another page of this browser, or a reload, has taken over.
    if (it.at === 'refused') return void end(it.why.code === 'already-on-stage' ? 'elsewhere' : 'moved');
    if (which === 'speaking' && it.at === 'on' && view.muted) tellMuted();
    if (which === 'hearing' && it.at === 'on') void begin();
    if (which === 'speaking' && it.at === 'on') setTimeout(() => void begin(), PATIENCE_MS);
    const lost = states.speaking === 'lost';
    show({
      at: lost ? 'lost' : states.speaking === 'on' ? 'on' : view.at === 'lost' ? 'lost' : 'connecting',
    });
  };
  const access = { token: () => token, servers: () => servers };
  const receiver = openReceiver({
    ...{ url: `/r/${slug}/whep`, ...access },
    state: (it) => state('hearing', it),
    blocked: (blocked) => show({ blocked }),
    track: (track) => bridge?.voice(track),
  });
  // Its elements are silent until the delayed sound has caught up: every browser wants them for the tracks to flow.
  receiver.volume(0);
  const publisher = openPublisher({
    ...{ url: `/r/${slug}/whip`, ...access, music: false },
    track: () => microphone.track,
    state: (it) => state('speaking', it),
  });
  const stop = new AbortController();
  let renew: ReturnType<typeof setInterval> | undefined;
  const grant = async (): Promise<boolean> => {
    const next = await options.take();
    if (next) [token, servers] = [next.token, iceServersOf(next.link)];
    return next !== undefined;
  };
  const asked: Readonly<Partial<Record<AskedOfSpeaker, () => void>>> = {
    listen: () => void end('moved'),
    leave: () => void end('moved'),
    mute: () => mute(true),
    unmute: () => show({ asked: true }),
  };
  const listen = (): void =>
    readBackstage(slug, access.token, stop.signal, {
      mine({ forced, backstage, muted }, first) {
        show({ forced, checked: backstage === true });
        // After a reload the stage still has them as they left it.
        if (first && muted && !forced) show({ muted });
        apply();
      },
      asked: (what) => asked[what]?.(),
    });
  const tellMuted = (): void => void act(slug, token, { do: 'muted', muted: view.muted });
  const mute = (muted: boolean): void => {
    show({ muted, asked: false });
    apply();
    tellMuted();
  };
  const ends = [microphone, receiver, publisher];
  const close = (): void => ends.forEach((it) => void it.close());
  const end = async (why: Parameters<OnStageOptions['over']>[0]): Promise<void> => {
    if (over) return;
    over = true;
    clearInterval(renew);
    stop.abort();
    microphone.mute(true);
    const leave = (): void => {
      close();
      options.over(why);
    };
    if (begun && bridge) await bridge.down(leave);
    else leave();
  };
  const come = async (muted: boolean): Promise<OnStage | undefined> => {
    show({ muted });
    const [granted, refused] = await Promise.all([grant(), microphone.open()]);
    if (!granted || refused) {
      close();
      options.over((granted && refused) || 'refused');
      return undefined;
    }
    keepAwake(stop.signal);
    bridge = openBridge({ ...options, direct: () => receiver.volume(1) });
    apply();
    show({ at: 'connecting' });
    renew = setInterval(() => void grant(), RENEW_MS);
    publisher.open(true);
    receiver.open();
    listen();
    return { mute, play: () => receiver.play(), leave: () => end('left') };
  };
  receiver.warm();
  publisher.warm();
  return { come, close };
}

type AskedOfSpeaker = Extract<BackstageLine, { kind: 'asked' }>['what'];

/** Reads what the stage says to this person: how it has them, and what the hosts ask of them. */
function readBackstage(
  slug: string,
  token: () => string,
  signal: AbortSignal,
  on: { mine(person: BackstagePerson, first: boolean): void; asked(what: AskedOfSpeaker): void },
): void {
  let me = '';
  let first = true;
  void follow({
    ...{ slug, token, signal },
    state: () => {},
    ready: async () => {},
    line(it) {
      if (it.kind === 'you') me = it.id;
      else if (it.kind === 'asked') on.asked(it.what);
      else if (it.kind === 'roster') {
        const mine = it.people.find(({ id }) => id === me);
        if (!mine) return;
        on.mine(mine, first);
        first = false;
      }
    },
  });
}
