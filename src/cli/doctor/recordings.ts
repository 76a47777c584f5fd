import { statfs } from 'node:fs/promises';
import { type CountedRecording, countRecordings } from '../../archive/index.ts';
import type { Config } from '../../config/index.ts';
import { paths } from '../../role/paths.ts';
import type { Finding } from './finding.ts';

const DAY_MS = 86_400_000;
/** The pace is measured over this many days. */
const PACE_DAYS = 7;
/** A disk that will be full sooner than this is reported. */
const SOON_DAYS = 30;
/** A recording is old when its room ended this long ago. */
const OLD_DAYS = 180;

type Settings = Pick<Config, 'recordingsKeep' | 'recordingsQuota' | 'archive'>;

/** Checks recordings: how much there is, how fast it grows, and whether anything ever removes them. */
export async function recordings(config: Config): Promise<Finding> {
  const dir = paths(config.data).archive;
  try {
    const counted = await countRecordings(dir);
    // Before the first recording its folder is not there yet.
    const { bavail, bsize } = await statfs(dir).catch(() => statfs(config.data));
    return judge(counted, bavail * bsize, config, Date.now());
  } catch (error) {
    return {
      ...{ what: 'Recordings', state: 'notice', found: String(error) },
      change: `they cannot be counted: can this user read ${dir}?`,
    };
  }
}

/** The finding about recordings, given the free bytes and the wall-clock time in ms. */
export function judge(
  all: readonly CountedRecording[],
  free: number,
  { recordingsKeep: keep, recordingsQuota: quota, archive }: Settings,
  now: number,
): Finding {
  const what = 'Recordings';
  const kept = all.filter(({ removed }) => !removed);
  const bytes = kept.reduce((sum, one) => sum + one.bytes, 0);
  const perDay = kept.reduce((sum, one) => sum + latelyBytes(one, now), 0) / PACE_DAYS;
  const fullDays = perDay > 0 ? free / perDay : Number.POSITIVE_INFINITY;
  const old = kept.filter(({ ended }) => now - ended > OLD_DAYS * DAY_MS);
  const fate = [
    ...(keep === undefined ? [] : [`each is removed ${days(keep / DAY_MS)} after the end of its room`]),
    ...(quota === undefined ? [] : [`the oldest are removed when all together take ${size(quota)}`]),
  ];
  const found = [
    archive.length === 0 ? 'new rooms are not recorded (archive = none)' : undefined,
    kept.length === 0 ? 'none' : `${kept.length}, ${size(bytes)}, and ${size(free)} free`,
    perDay > 0 ? `${size(perDay)} a day in the last ${PACE_DAYS} days` : undefined,
    perDay > 0 ? `the disk will be full in ${days(fullDays)} at this pace` : undefined,
    fate.length === 0 ? 'they stay until somebody removes them' : fate.join(', '),
    old.length > 0 ? `${old.length} of rooms that ended more than ${OLD_DAYS} days ago` : undefined,
  ]
    .filter((part) => part !== undefined)
    .join('; ');
  if (quota !== undefined && quota > bytes + free)
    return {
      ...{ what, state: 'notice', found },
      change: `recordingsQuota is larger than the disk allows: the disk will be full before it takes effect. Set it below ${size(bytes + free)}`,
    };
  const settles = quota !== undefined || (keep !== undefined && keep / DAY_MS < fullDays);
  if (!settles && fullDays < SOON_DAYS)
    return {
      ...{ what, state: fullDays < 1 ? 'bad' : 'notice', found },
      change:
        'make room before recordings get gaps: earshot recording list, earshot recording remove SLUG; or set recordingsKeep or recordingsQuota',
    };
  if (fate.length === 0 && old.length > 0 && bytes > free)
    return {
      ...{ what, state: 'notice', found },
      change:
        'they take more space than is left: earshot recording list shows which are large, recordingsKeep removes old ones automatically',
    };
  return { what, state: 'good', found };
}

/** The bytes of a recording that were made in the last days. */
function latelyBytes({ bytes, seconds, ended }: CountedRecording, now: number): number {
  const length = Math.max(1, seconds * 1000);
  const since = now - PACE_DAYS * DAY_MS;
  return bytes * Math.max(0, Math.min(1, (ended - since) / length));
}

function size(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  return `${(bytes / 1e6).toFixed(bytes >= 1e8 ? 0 : 1)} MB`;
}

const days = (count: number): string =>
  count < 2 ? `${Math.max(1, Math.round(count * 24))} hours` : `${Math.floor(count)} days`;
