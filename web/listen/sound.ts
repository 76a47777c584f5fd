/** The one audio element of the page, live or replay: what the room page plays with. */
import { keep, kept } from '../kit/words.ts';
import { openPlayer, type Player, type PlayerOptions } from '../player/index.ts';
import type { Replay, ReplayStart } from '../player/replay.ts';

/** Live and recorded sound of one room on one element. */
export interface Sound {
  readonly audio: HTMLAudioElement;
  readonly player: Player;
  /** Present while the recording is what one hears. */
  readonly replay: Replay | undefined;
  /** Wall-clock ms of what was heard when the live program was paused; undefined once anything plays. */
  readonly paused: number | undefined;
  /** True while sound is wanted, whether it already flows or not. */
  readonly on: boolean;
  /** True while the live program comes out of caches, some way behind. */
  readonly cached: boolean;
  live(): void;
  /** Asks for the stream anew, with the ticket there is now. */
  again(): void;
  /** Plays the recording from there. */
  back(from: ReplayStart): Promise<void>;
  /** Pauses what plays; goes on where it was paused, else from `from` in the recording, else live. */
  toggle(from?: number): void;
  pause(): void;
}

/** What the page knows and the sound has to ask. */
export interface SoundWays extends Pick<PlayerOptions, 'ticket' | 'ring' | 'late'> {
  /** Wall-clock ms, by the server's clock, of what the live player plays; undefined where nothing is recorded to go back to. */
  heard(): number | undefined;
}

const NETWORK = 'earshot-network';
/** What was learned of a network longer ago than this is of another day, ms. */
const NETWORK_MS = 12 * 3_600_000;

/** What this device has learned of the network that it is on. */
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

/** Opens the sound of a room; `changed` runs whenever something about it did. */
export function openSound(slug: string, changed: () => void, { heard, ...ways }: SoundWays): Sound {
  const audio = new Audio();
  audio.preload = 'none';
  document.body.append(audio);
  const player = openPlayer({ slug, audio, network, ...ways });
  let replay: Replay | undefined;
  let opening = false;
  let paused: number | undefined;
  let before: number | undefined;
  // Also when the system pauses: a call, a headset that is unplugged.
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
        replay = openReplay(slug, audio, from);
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
