import type { Clock } from '../base/clock.ts';
import { problem, type Reply } from '../base/reply.ts';
import type { RoomCard } from '../wire/room.ts';
import { OPEN_TO_ALL, type RequestHeaders } from './packed.ts';
import type { RecordingPort } from './recording.ts';
import { openClipAnswers } from './replay/clip-answer.ts';
import { openDownload } from './replay/download.ts';
import type { LoudnessQueue } from './replay/loudness.ts';
import { chaptersReply, outlineReply } from './replay/outline-answer.ts';
import { notThere, removedWords } from './replay/removal-words.ts';
import { notNow, openReplayAnswers } from './replay/replay.ts';
import { type Asker, isNotNow, type ReplayDesk } from './replay/replay-desk.ts';

/** What answers from recordings needs. */
export interface RecordedDeps {
  readonly clock: Clock;
  readonly archive: RecordingPort;
  readonly desk: ReplayDesk;
  readonly loudness: LoudnessQueue;
  card(slug: string): RoomCard | undefined;
  over(slug: string): boolean;
}

const CLIP = /^clip\/([\w-]+)\.m4a$/;

/** Opens what answers from the disk: `file` is the path below `/r/:slug/`, without the folder of the replay. */
export function openRecorded({ clock, archive, desk, loudness, card: cardOf, over }: RecordedDeps) {
  const replay = openReplayAnswers(archive, desk);
  const download = openDownload(clock, archive, desk, loudness);
  const clips = openClipAnswers(archive, desk);
  return async (
    slug: string,
    file: string,
    query: URLSearchParams,
    headers: RequestHeaders,
    asker: Asker,
  ): Promise<Reply> => {
    const card = cardOf(slug);
    if (!card) return problem('room-unknown', undefined, OPEN_TO_ALL);
    if (card.status === 'stopped') return problem('room-stopped', card.stopped?.reason, OPEN_TO_ALL);
    const ended = over(slug);
    // What is over changes when it is trimmed, and then at once.
    const anyState = !ended && file.endsWith('.m4s');
    const facts = await desk.facts(slug, ended, { ...asker, anyState });
    if (isNotNow(facts)) return notNow(facts);
    if (!facts) return notThere(card, ended);
    if (facts.removed) return problem('recording-removed', removedWords(facts.removed), OPEN_TO_ALL);
    if (!facts.began && !ended)
      return problem('room-not-open', 'The conversation has not begun.', OPEN_TO_ALL);
    const clip = CLIP.exec(file)?.[1];
    if (clip !== undefined) return clips(card, ended, clip, headers, asker);
    if (file === 'outline.json') return outlineReply(desk, slug, ended, 'outline', headers, asker);
    if (file === 'waveform.json') return outlineReply(desk, slug, ended, 'waveform', headers, asker);
    if (file === 'chapters.json') return chaptersReply(desk, card, ended, headers, asker);
    // The card has the newest title: what a host mends reaches every copy that is made from then on.
    return file === 'replay.m4a'
      ? download.answer(slug, facts, ended, { title: card.title, hosts: card.hosts }, query, headers, asker)
      : replay.answer(slug, facts, ended, file, headers, asker);
  };
}
