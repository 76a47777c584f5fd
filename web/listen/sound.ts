/** The sound of a room page: one audio element for the live program and the recording. */
import { keep, kept } from '../kit/words.ts';
import { openPlayer, type Player, type PlayerOptions } from '../player/index.ts';
import type { Replay, ReplayStart } from '../player/replay.ts';

/** Live and recorded sound of one room on one element. */
export interface Sound {
  readonly audio: HTMLAudioElement;
  readonly player: Player;
  /** Present while the recording is played instead of the live program. */
  readonly replay: Replay | undefined;
  /** When what was heard was said, in wall-clock ms, if the live program was paused; undefined once anything plays. */
  readonly paused: number | undefined;
  /** True while sound is wanted, even if none has arrived yet. */
  readonly on: boolean;
  /** True while the live program is fetched from caches, with a delay. */
  readonly cached: boolean;
  /** True while the stream that is heard tells of the room. */
  readonly informed: boolean;
  live(): void;
  /** Asks for the stream again, with the current ticket. */
  again(): void;
  /** Plays the recording from a place. */
  back(from: ReplayStart): Promise<void>;
  /** Pauses what plays, or plays: from where it was paused, otherwise from `from` in the recording, otherwise live. */
  toggle(from?: number): void;
  pause(): void;
}

/** What the sound has to ask of the page. */
export interface SoundWays
  extends Pick<PlayerOptions, 'ticket' | 'fromCaches' | 'late' | 'told' | 'segment' | 'embed'> {
  /**
   * When what the live player plays was said, in wall-clock ms by the server's clock; undefined while nothing is
   * recorded.
   */
  heard(): number | undefined;
}

const NETWORK = 'earshot-network';
/** What was learned about a network is forgotten after this long, ms. */
const NETWORK_MS = 12 * 3_600_000;

/** What this device has learned about its network. */
const network = {
  kind: (): string => (navigator as { connection?: { type?: string } }).connection?.type ?? '',
  read(): number {
    const [longest, at, kind] = (kept(NETWORK) ?? '').split(' ');
    return kind === network.kind() && Date.now() - Number(at) < NETWORK_MS ? Number(longest) || 0 : 0;
  },
  write(longest: number): void {
    keep(NETWORK, `${longest.toFixed(2)} ${Date.now()} ${network.kind()}`);
  },
};

/** Opens the sound of a room; `changed` is called after every change. */
export function openSound(slug: string, changed: () => void, { heard, ...ways }: SoundWays): Sound {
  const audio = new Audio();
  audio.preload = 'none';
  document.body.append(audio);
  const player = openPlayer({ slug, audio, network, ...ways });
  let replay: Replay | undefined;
  let opening = false;
  let paused: number | undefined;
  let before: number | undefined;
  // The system pauses too, for a call or when a headset is unplugged.
  player.onChange((state) => {
    if (state === 'idle' && !opening && !replay) paused = before;
    else if (state !== 'idle') paused = undefined;
    before = undefined;
    changed();
  });
  audio.addEventListener('timeupdate', () => {
    if (!replay && player.state === 'playing') before = heard();
  });

  const sound: Sound = {
    audio,
    player,
    get cached() {
      return player.cached && !replay;
    },
    get informed() {
      return player.informed && !replay;
    },
    get replay() {
      return replay;
    },
    get paused() {
      return replay || opening ? undefined : paused;
    },
    get on() {
      if (replay)
        return replay.state === 'playing' || replay.state === 'waiting' || replay.state === 'loading';
      return player.state === 'playing' || player.state === 'connecting' || player.state === 'reconnecting';
    },
    live() {
      paused = undefined;
      if (replay) {
        replay.close();
        replay = undefined;
        void player.play();
      } else if (player.state === 'playing') player.live();
      else void player.play();
      changed();
    },
    again() {
      if (!replay && sound.on) player.again();
    },
    async back(from) {
      if (opening) return;
      if (replay) {
        replay.seek(from);
        return void (await replay.play());
      }
      opening = true;
      player.pause();
      paused = undefined;
      try {
        const { openReplay } = await import('../player/replay.ts');
        replay = openReplay(slug, audio, from, ways.segment);
        replay.onChange(changed);
        await replay.play();
      } finally {
        opening = false;
      }
      changed();
    },
    toggle(from) {
      if (sound.on) sound.pause();
      else if (replay) void replay.play();
      else if (paused !== undefined) void sound.back({ wall: paused });
      else if (from !== undefined) void sound.back(from);
      else void player.play();
    },
    pause() {
      if (replay) replay.pause();
      else {
        before = heard() ?? before;
        player.pause();
      }
    },
  };
  return sound;
}
