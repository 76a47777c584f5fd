import type {
  BundleEntry,
  BundleHead,
  CorrectionEntry,
  EvidenceEntry,
  FinalEntry,
  HappeningEntry,
  MinuteEntry,
  PostsEntry,
} from '../wire/evidence-entry.ts';
import { GROWS_AFTER_END, type MetricId } from '../wire/metrics.ts';
import { type ClaimFacts, type ClaimFigure, type ClaimMinute, figureOf, type OtherFigures } from './facts.ts';

/** Longest bundle that is read, in characters: one day of a room is a few MB. */
export const MOST_BUNDLE = 64 * 1024 * 1024;
/** Minutes kept of one object. */
const MOST_MINUTES = 60 * 24 * 31;
const MINUTE_MS = 60_000;

/** The figures of a bundle, or why there are none. */
export type BundleRead = { readonly facts: ClaimFacts } | { readonly why: string };

interface Placed<Entry> {
  readonly index: number;
  readonly entry: Entry;
}
/** What a bundle says of one room or account. */
interface History {
  readonly minutes: Placed<MinuteEntry>[];
  readonly finals: Placed<FinalEntry>[];
  readonly corrections: Placed<CorrectionEntry>[];
  /** The newest word about posts of other accounts. */
  posts?: Placed<PostsEntry>;
  opened?: number;
}

/**
 * Reads the figures of a bundle. It does not verify the bundle: `earshot verify` does. Entries of other rooms are kept
 * apart, and never added to the room's own; so are the posts of other accounts.
 */
export function factsOfBundle(text: string): BundleRead {
  if (text.length > MOST_BUNDLE)
    return { why: 'the bundle has more than 64 MiB, which is more than is read here' };
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const head = parsed<BundleHead>(lines[0] ?? '');
  if (head?.kind !== 'earshot-bundle' || typeof head.room !== 'string') return { why: 'this is no bundle' };
  if (head.v !== 1) return { why: `this bundle is of version ${String(head.v)}, which is not known here` };
  const all = new Map<string, History>();
  for (const [at, line] of lines.slice(1).entries()) {
    const outer = parsed<BundleEntry | { readonly kind: 'checkpoint' }>(line);
    if (!outer) return { why: `line ${at + 2} of the bundle is no JSON` };
    if (outer.kind !== 'entry') continue;
    const entry = parsed<EvidenceEntry>(outer.entry);
    if (!entry || !Number.isSafeInteger(outer.index))
      return { why: `line ${at + 2} of the bundle has no entry` };
    if ('room' in entry && typeof entry.room === 'string') note(all, { index: outer.index, entry });
  }
  const own = all.get(head.room);
  if (!own || own.minutes.length + own.finals.length === 0)
    return { why: 'the bundle has no figures of its room' };
  const rooms = [...all].filter(([room]) => room !== head.room);
  const others: OtherFigures[] = [
    ...rooms.map(([of, history]) => ({ of, figures: whole(history) })),
    ...postsOf(own),
  ].filter(({ figures }) => figures.size > 0);
  const first = own.minutes[0]?.entry.minute;
  const opened = own.opened ?? (first === undefined ? undefined : first * MINUTE_MS);
  return {
    facts: {
      ...{ room: head.room, figures: whole(own), minutes: minutesOf(own), others },
      ...(typeof head.title === 'string' ? { title: head.title } : {}),
      ...(opened === undefined ? {} : { opened }),
    },
  };
}

function parsed<T>(line: unknown): T | undefined {
  if (typeof line !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}

function note(all: Map<string, History>, { index, entry }: Placed<EvidenceEntry & { room: string }>): void {
  const history = all.get(entry.room) ?? { minutes: [], finals: [], corrections: [] };
  all.set(entry.room, history);
  const kind: string = entry.kind;
  if (kind === 'minute' && history.minutes.length < MOST_MINUTES)
    history.minutes.push({ index, entry: entry as MinuteEntry });
  else if (kind === 'final') history.finals.push({ index, entry: entry as FinalEntry });
  else if (kind === 'correction') history.corrections.push({ index, entry: entry as CorrectionEntry });
  else if (kind === 'posts') history.posts = { index, entry: entry as PostsEntry };
  else if (kind === 'happening') {
    const { what, at } = entry as HappeningEntry;
    if (what === 'opened' && Number.isFinite(at)) history.opened ??= at;
  }
}

type Totals = MinuteEntry['total'];
const put = (
  figures: Map<MetricId, ClaimFigure>,
  total: Totals | undefined,
  index: number,
  at?: number,
  corrected = false,
): void => {
  for (const [metric, figure] of Object.entries(total ?? {})) {
    const known = figure && figureOf(metric, figure, index, at);
    if (known) figures.set(known.metric, corrected ? { ...known, corrected: true } : known);
  }
};

/** The figures of the whole: the last minute's, above them the final ones, above those what corrects any of these. */
function whole({ minutes, finals, corrections }: History): Map<MetricId, ClaimFigure> {
  const figures = new Map<MetricId, ClaimFigure>();
  const last = minutes.at(-1);
  if (last) put(figures, last.entry.total, last.index);
  // What counts people at one moment is, of a room that is over, the largest it was.
  let most: ClaimFigure | undefined;
  for (const { entry, index } of minutes) {
    const now = entry.total?.in_room_now;
    const known = now && figureOf('in_room_now', now, index, entry.minute * MINUTE_MS);
    if (known && known.value >= (most?.value ?? 0)) most = known;
  }
  if (most) figures.set('in_room_now', most);
  // Nobody is there any more, which says nothing of the evening.
  if (finals.length > 0) figures.delete('listeners_now');
  for (const { entry, index } of finals) put(figures, entry.total, index);
  // What grows when the room is over is newer in a minute that was written later.
  if (last && last.index > (finals.at(-1)?.index ?? last.index)) {
    const newer = Object.entries(last.entry.total ?? {}).filter(([metric]) =>
      GROWS_AFTER_END.has(metric as MetricId),
    );
    put(figures, Object.fromEntries(newer), last.index);
  }
  // A correction of the last minute or of the final figures, or of such a correction.
  const outranked = new Set([last?.entry.seq, ...finals.map(({ entry }) => entry.seq)]);
  for (const { entry, index } of corrections) {
    if (!outranked.has(entry.corrects)) continue;
    outranked.add(entry.seq);
    put(figures, entry.total, index, undefined, true);
  }
  return figures;
}

/** What posts of other accounts counted, each by itself. */
function postsOf({ posts }: History): OtherFigures[] {
  const list: PostsEntry['posts'] = Array.isArray(posts?.entry.posts) ? posts.entry.posts : [];
  return list
    .filter((post) => typeof post?.of === 'string')
    .map(({ of, total }) => {
      const figures = new Map<MetricId, ClaimFigure>();
      put(figures, total, posts?.index ?? 0);
      return { of, figures };
    });
}

/** What a sample says of the listeners, by how the two counts of its minute agree. */
function headlines(status: MinuteEntry['status'], [, s, c, m]: MinuteEntry['samples'][number]): number[] {
  if (status === 'client_only') return [c];
  // Where no player proves anything, radios are m, and players that have not proven yet are in s alone.
  return status === 'range' || status === 'server_only' ? [m, s] : [m];
}

/** Every minute with what corrects it; the samples give the listeners of the minute as a range. */
function minutesOf({ minutes, corrections }: History): ClaimMinute[] {
  return minutes.map(({ entry, index }) => {
    const at = entry.minute * MINUTE_MS;
    const figures = new Map<MetricId, ClaimFigure>();
    put(figures, entry.total, index, at);
    const seen = (entry.samples ?? [])
      .flatMap((sample) => headlines(entry.status, sample))
      .filter(Number.isFinite);
    const now = figures.get('listeners_now');
    if (seen.length > 0) {
      const [low, high] = [Math.min(...seen), Math.max(...seen)];
      const value = now?.value ?? seen.at(-1) ?? high;
      const base = { metric: 'listeners_now' as const, value, entry: index, at };
      const error = now?.error ?? 0;
      figures.set('listeners_now', {
        ...base,
        ...(error > 0 ? { error } : {}),
        low: Math.max(0, Math.min(low - error, now?.low ?? low)),
        high: Math.max(high + error, now?.high ?? high),
      });
    }
    const seqs = new Set([entry.seq]);
    for (const later of corrections) {
      if (!seqs.has(later.entry.corrects)) continue;
      seqs.add(later.entry.seq);
      put(figures, later.entry.total, later.index, at, true);
    }
    return { minute: entry.minute, figures };
  });
}
