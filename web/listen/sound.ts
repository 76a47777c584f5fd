/** The one audio element of the page, live or replay: what the room page plays with. */
import { openPlayer, type Player, type PlayerOptions } from '../player/index.ts';
import type { Replay } from '../player/replay.ts';

/** Live and recorded sound of one room on one element. */
export interface Sound {
  readonly audio: HTMLAudioElement;
  readonly player: Player;
  /** Present while the recording is what one hears. */
  readonly replay: Replay | undefined;
  /** True while sound is wanted, whether it already flows or not. */
  readonly on: boolean;
  /** True while the live program comes out of caches, some way behind. */
  readonly cached: boolean;
  live(): void;
  /** Asks for the stream anew, with the ticket there is now. */
  again(): void;
  /** Plays the recording from `from` seconds; negative counts from its newest end. */
  back(from: number): Promise<void>;
  toggle(preferReplay: boolean): void;
  pause(): void;
}

/** Opens the sound of a room; `changed` runs whenever something about it did. */
export function openSound(
  slug: string,
  changed: () => void,
  ways: Pick<PlayerOptions, 'ticket' | 'ring' | 'late'>,
): Sound {
  const audio = new Audio();
  audio.preload = 'none';
  document.body.append(audio);
  const player = openPlayer({ slug, audio, ...ways });
  player.onChange(changed);
  let replay: Replay | undefined;
  let opening = false;

  const sound: Sound = {
    audio,
    player,
    get cached() {
      return player.cached && !replay;
    },
    get replay() {
      return replay;
    },
    get on() {
      if (replay)
        return replay.state === 'playing' || replay.state === 'waiting' || replay.state === 'loading';
      return player.state === 'playing' || player.state === 'connecting' || player.state === 'reconnecting';
    },
    live() {
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
        replay.seek(from < 0 ? replay.seconds + from : from);
        return void (await replay.play());
      }
      opening = true;
      player.pause();
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
    toggle(preferReplay) {
      if (replay) {
        if (sound.on) replay.pause();
        else void replay.play();
      } else if (sound.on) player.pause();
      else if (preferReplay) void sound.back(0);
      else void player.play();
    },
    pause() {
      if (replay) replay.pause();
      else player.pause();
    },
  };
  return sound;
}
