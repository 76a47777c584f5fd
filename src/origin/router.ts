import { type Charge, problem, type Reply } from '../base/reply.ts';
import { find } from '../http/index.ts';
import type { OriginDeps } from './deps.ts';
import { openDownload } from './download.ts';
import { openLive } from './live.ts';
import { multivariantOf, steering } from './multivariant.ts';
import { EACH_SECOND, OPEN_TO_ALL, Packed, type RequestHeaders } from './packed.ts';
import { remember } from './recording.ts';
import { openReplay } from './replay.ts';
import type { Rooms } from './rooms.ts';
import { openStateFiles } from './state-file.ts';

/** Finds what answers a path. */
export function router(deps: OriginDeps, rooms: Rooms) {
  const { clock, archive } = deps;
  const recordingOf = remember(archive, clock);
  const { caches = [] } = deps;
  const queues = (slug: string): boolean =>
    deps.queues?.(slug) === true || /queue|text/.test(rooms.state(slug)?.delivery.newcomers ?? '');
  const live = openLive(clock, archive, caches, rooms.ask, queues);
  const replay = openReplay(archive);
  const download = openDownload(archive);
  const stateFiles = openStateFiles(clock, rooms, async (slug) => (await recordingOf(slug))?.gaps ?? []);

  const over = (slug: string): boolean => {
    const status = rooms.card(slug)?.status;
    const program = rooms.program(slug);
    return (status === 'ended' || status === 'cancelled') && (!program || program.over);
  };

  const fromDisk = async (
    slug: string,
    file: string,
    query: URLSearchParams,
    headers: RequestHeaders,
    charge: Charge,
  ) => {
    const status = rooms.card(slug)?.status;
    if (!status) return problem('room-unknown', undefined, OPEN_TO_ALL);
    const recording = await recordingOf(slug);
    if (!recording)
      return problem(over(slug) ? 'not-found' : 'room-not-open', 'Nothing is recorded yet.', OPEN_TO_ALL);
    const began = recording.marks.some((mark) => mark.kind === 'status' && mark.status === 'live');
    if (!began && !over(slug))
      return problem('room-not-open', 'The conversation has not begun.', OPEN_TO_ALL);
    return file === 'replay.m4a'
      ? download.answer(slug, recording, over(slug), query, headers, charge)
      : replay.answer(slug, recording, over(slug), file, headers);
  };

  const fromWindow = (
    slug: string,
    file: string,
    query: URLSearchParams,
    headers: RequestHeaders,
    signal: AbortSignal,
  ): Promise<Reply> => {
    if (file === 'steering.json' && caches.length > 0 && rooms.card(slug)) {
      const away = rooms.state(slug)?.delivery.newcomers ?? 'live';
      const list = new Packed(steering(caches.length, away !== 'live'));
      return Promise.resolve(
        list.reply(headers, { 'content-type': 'application/json', 'cache-control': EACH_SECOND }),
      );
    }
    const program = rooms.program(slug);
    if (program) return live.answer(slug, program, file, query, headers, signal);
    const status = rooms.card(slug)?.status;
    // Players keep the address they were given: after the end it leads to the replay.
    const all = multivariantOf(file);
    if (status === 'ended' && all)
      return Promise.resolve({
        status: 302,
        headers: {
          ...OPEN_TO_ALL,
          location: `/r/${slug}/replay/${all.codec === 'opus' ? 'opus' : 'main'}.m3u8`,
          'cache-control': 'public, max-age=60',
        },
        body: '',
      });
    const code = !status
      ? 'room-unknown'
      : status === 'scheduled'
        ? 'room-not-open'
        : status === 'open' || status === 'live'
          ? 'studio-away'
          : 'room-ended';
    return Promise.resolve(
      problem(code, undefined, code === 'studio-away' ? { ...OPEN_TO_ALL, 'retry-after': '2' } : OPEN_TO_ALL),
    );
  };

  const answer = (
    path: string,
    query: URLSearchParams,
    headers: RequestHeaders,
    signal: AbortSignal,
    charge: Charge = () => true,
  ): Promise<Reply> | undefined => {
    const found = find(path);
    if (found?.address.owner !== 'origin' || found.address.endless) return undefined;
    const slug = found.room;
    if (found.address.id === 'rooms') return stateFiles.list(headers);
    if (found.address.id === 'state') return stateFiles.state(slug, headers);
    const [, , , folder = '', ...file] = path.split('/');
    if (folder === 'live') return fromWindow(slug, file.join('/'), query, headers, signal);
    return fromDisk(slug, file.join('/') || folder, query, headers, charge);
  };
  return { answer, [Symbol.asyncDispose]: () => download[Symbol.asyncDispose]() };
}
