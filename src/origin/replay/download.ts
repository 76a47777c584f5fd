import { Readable } from 'node:stream';
import type { Clock } from '../../base/clock.ts';
import { matches } from '../../base/negotiation.ts';
import { problem, type Reply } from '../../base/reply.ts';
import { OPEN_TO_ALL, type RequestHeaders } from '../packed.ts';
import type { RecordingPort } from '../recording.ts';
import { gainSteps, type LoudnessQueue } from './loudness.ts';
import { readRange } from './range.ts';
import { fileBytes } from './recording-bytes.ts';
import { notNow } from './replay.ts';
import { type Asker, isNotNow, type ReplayDesk } from './replay-desk.ts';
import type { FilePlan, FileTags, ReplayFacts } from './replay-maker.ts';

/** The layout that a player began with stays this long after somebody last asked for it. */
export const LAYOUT_KEPT_MS = 10 * 60_000;
/** States of growing files that are remembered, so that `If-Range` of a moment ago is still a range: 48 kB each. */
const MAX_STATES = 200;

/** `replay.m4a`: one seekable file over the recorded AAC, never written to disk. */
export interface Download {
  answer(
    slug: string,
    facts: ReplayFacts,
    over: boolean,
    tags: FileTags,
    query: URLSearchParams,
    headers: RequestHeaders,
    asker: Asker,
  ): Promise<Reply>;
}

/** Opens the download side of the origin. */
export function openDownload(
  clock: Clock,
  port: RecordingPort,
  desk: ReplayDesk,
  loudness: LoudnessQueue,
): Download {
  /** What growing files were, by their tags. */
  const states = new Map<string, { readonly before: Uint8Array; readonly total: number }>();
  const remember = (plan: FilePlan): void => {
    if (plan.layout !== 'growing') return;
    states.delete(plan.etag);
    states.set(plan.etag, { before: plan.before, total: totalOf(plan) });
    const oldest = states.keys().next().value;
    if (states.size > MAX_STATES && oldest !== undefined) states.delete(oldest);
  };

  /** A file that grew under somebody keeps its layout for a while after the end. */
  const layoutOf = async (slug: string, over: boolean): Promise<'whole' | 'growing'> => {
    const noted = over ? await port.growingNoted?.(slug) : undefined;
    const growing = !over || (noted !== undefined && clock.wall() - noted < LAYOUT_KEPT_MS);
    if (growing) await port.noteGrowing?.(slug);
    return growing ? 'growing' : 'whole';
  };

  /**
   * The steps of gain, or why there are none yet. Nothing is made louder or softer while it is played for the first
   * time.
   */
  const stepsOf = (slug: string, facts: ReplayFacts, over: boolean): number | Reply => {
    if (!over) return 0;
    const figure = facts.loudness ?? loudness.ask(slug);
    if (typeof figure === 'object') return gainSteps(figure.lufs, figure.peak);
    const seconds = figure === 'busy' ? 300 : Math.max(5, Math.ceil(facts.seconds / 140));
    return problem('loudness-unknown', undefined, { ...OPEN_TO_ALL, 'retry-after': String(seconds) });
  };

  return {
    async answer(slug, facts, over, tags, query, headers, asker) {
      const wanted = query.get('loudness');
      if (wanted !== null && wanted !== 'normalised')
        return problem('bad-request', 'loudness: use "normalised", or leave it out.', OPEN_TO_ALL);
      if (!facts.renditions.some((r) => r.codec === 'aac' && r.container === 'fmp4'))
        return problem('not-found', 'This room was not recorded in AAC.', OPEN_TO_ALL);
      const steps = wanted === null ? 0 : stepsOf(slug, facts, over);
      if (typeof steps !== 'number') return steps;
      const layout = await layoutOf(slug, over);
      const plan = await desk.file({ what: 'file', slug, over, layout, tags }, asker);
      if (isNotNow(plan)) return notNow(plan);
      if (!plan) return problem('not-found', 'This room was not recorded in AAC.', OPEN_TO_ALL);
      remember(plan);
      const suffix = steps === 0 ? '' : `${steps < 0 ? '' : '+'}${steps}`;
      const tagged = (etag: string): string => etag.replace(/"$/, `${suffix}"`);
      const asked = headers['if-range'];
      const older = [...(asked ? states : [])].find(([etag]) => tagged(etag) === asked)?.[1];
      const [etag, total] = older ? [asked as string, older.total] : [tagged(plan.etag), totalOf(plan)];
      const common = {
        ...OPEN_TO_ALL,
        'content-type': 'audio/mp4',
        'accept-ranges': 'bytes',
        etag,
        'content-disposition': disposition(slug, tags.title),
        'cache-control': over && layout === 'whole' ? 'public, max-age=60' : 'no-cache',
      };
      if (matches(headers['if-none-match'], etag)) return { status: 304, headers: common, body: '' };
      const range = asked === undefined || asked === etag ? readRange(headers.range, total) : undefined;
      if (range === 'unsatisfiable')
        return { status: 416, headers: { ...common, 'content-range': `bytes */${total}` }, body: '' };
      const [from, to] = range ?? [0, total];
      const file = { ...plan, before: older?.before ?? plan.before };
      return {
        status: range ? 206 : 200,
        headers: {
          ...common,
          'content-length': String(to - from),
          ...(range ? { 'content-range': `bytes ${from}-${to - 1}/${total}` } : {}),
        },
        body: Readable.from(fileBytes(port, slug, file, steps, from, to), { objectMode: false }),
      };
    },
  };
}

const totalOf = (plan: FilePlan): number => plan.offsets.at(-1) ?? 0;

/**
 * The name that a saved file gets: the title as people wrote it, and the address for programs that read only ASCII.
 * Spec: RFC 6266, RFC 8187.
 */
export function disposition(slug: string, title: string): string {
  const name = title
    .replace(/[\p{C}/\\:*?"<>|]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^\.+/, '');
  const encoded = encodeURIComponent(name || slug).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `inline; filename="${slug}.m4a"; filename*=UTF-8''${encoded}.m4a`;
}
