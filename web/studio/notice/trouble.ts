import type { ProgramState } from '../../../src/wire/room.ts';
import type { RoomFeed } from '../feed/room-feed.ts';
import type { Voice } from '../voice/voice.ts';
import type { StudioWords } from '../words/words.ts';

/** The most important problem that this person should know about. */
export interface Trouble {
  readonly level: 'bad' | 'attention';
  readonly text: string;
  /** The host also hears it. */
  readonly aloud: boolean;
  readonly cause?: NonNullable<ProgramState['deadAir']>['cause'];
}

/** What trouble is derived from. */
export interface TroubleSource {
  readonly room: Pick<RoomFeed, 'contact' | 'program' | 'status'>;
  readonly voice: Pick<Voice, 'publishing' | 'silent' | 'problem' | 'listening'>;
  readonly words: StudioWords;
  /** True after joining; before that, a lost connection does not concern this person. */
  readonly onStage: boolean;
  /** True while this device has a network. */
  readonly online: boolean;
}

/** The worst trouble first: no studio, no connection, silence on air, no microphone, no recording. */
export function troubleOf({ room, voice, words, onStage, online }: TroubleSource): Trouble | undefined {
  const quiet = (level: Trouble['level'], text: string): Trouble => ({ level, text, aloud: false });
  const publishing = voice.publishing.value;
  if (!online && onStage) return quiet('bad', words.offline);
  const contact = room.contact.value;
  if (contact === 'unreachable' || contact === 'restarting' || contact === 'late')
    return quiet('bad', words.contactLost[contact]);
  // Without contact the last program state may no longer be true.
  const program = contact === 'here' ? room.program.value : undefined;
  if (publishing.at === 'lost') {
    const code = publishing.why?.code;
    if (code === 'stage-full') return quiet('attention', words.stageFull);
    if (code === 'room-stopped') return quiet('bad', words.refusals[code] ?? '');
    if (code === 'room-not-open') return quiet('attention', words.notOpenYet);
    if (publishing.why?.status === 0 && publishing.tries > 0) return quiet('bad', words.soundPath);
    if (onStage) return quiet('bad', words.lost);
  }
  const deadAir = program?.status === 'live' ? program.program.deadAir : undefined;
  if (program && deadAir) {
    const mine = deadAir.cause === 'all-muted' && onStage && voice.silent.value;
    const cause = mine ? words.youAreMuted : words.deadAir[deadAir.cause];
    // After some seconds hold music covers the silence.
    const hear = program.program.carries === 'standby' ? words.hearMusic : words.hearNothing;
    const text = `${cause}. ${hear(program.streams)}`;
    return { level: 'bad', text, aloud: true, cause: deadAir.cause };
  }
  // Somebody who joined without a microphone knows that nobody hears them, so this is not an alarm.
  if (onStage && voice.problem.value)
    return quiet(voice.listening.value ? 'attention' : 'bad', words.micProblem[voice.problem.value]);
  if (program?.recordingFailed) return quiet('attention', words.recording);
  return undefined;
}
