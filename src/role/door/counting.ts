import { readFileSync } from 'node:fs';
import type { Log } from '../../base/log.ts';
import type { Config } from '../../config/index.ts';
import {
  type AudienceOptions,
  networksIn,
  openNetworkList,
  openSalts,
  ProofSampling,
  type ProofSamplingDeps,
} from '../../door/index.ts';
import { openPostMarks } from '../../keys/post-marks.ts';
import { segmentTags } from '../../keys/segment-tags.ts';
import { keyFor } from '../../keys/signing-keys.ts';
import { openSendQueue } from '../../native/tcp-info.ts';
import { openCountingClock } from '../counting-clock.ts';
import type { Paths } from '../paths.ts';
import type { TallyFeed } from './tally-feed.ts';

/** The networks of a file that the operator keeps; none when it cannot be read, which is said. */
function networksOf(path: string | undefined, log: Log): string[] {
  if (path === undefined) return [];
  try {
    return networksIn(readFileSync(path, 'utf8'));
  } catch (error) {
    log.error(
      { path, error: error instanceof Error ? error.message : String(error) },
      'the list of networks in the setting excludedNetworks cannot be read: listeners in data centres are counted like others until the next start',
    );
    return [];
  }
}

/** Dependencies of counting at a door, besides its settings. */
export interface CountingDeps {
  /** The number of the door. */
  readonly index: number;
  /** The installation's secret. */
  readonly secret: Uint8Array;
  readonly log: Log;
  readonly tally: Pick<TallyFeed, 'outlet'>;
  readonly sampling: ProofSampling;
}

/** Which sessions of each room prove; `share`: what the tally says of the room. */
export const openSampling = ({
  clock,
  secret,
  share,
}: Omit<ProofSamplingDeps, 'key'> & { readonly secret: Uint8Array }): ProofSampling =>
  new ProofSampling({ clock, share, key: keyFor(secret, 'listening sessions') });

/** What a door needs to count who listens. */
export async function openCounting(
  config: Config,
  at: Paths,
  { index, secret, log, tally, sampling }: CountingDeps,
): Promise<AudienceOptions> {
  const sendQueue = await openSendQueue();
  if (typeof sendQueue === 'string')
    log.info(
      { why: sendQueue },
      'the kernel does not report here what it still holds for listeners: sound that was passed to it counts as received',
    );
  const wrong = (entry: string): void =>
    log.warn({ entry }, 'a line of excludedNetworks is neither an address nor a network: it is ignored');
  return {
    ...{ door: index, sampling },
    outlet: tally.outlet,
    wall: openCountingClock(at).wall,
    sessionKey: keyFor(secret, 'listening sessions'),
    tag: segmentTags(secret),
    marks: openPostMarks(secret),
    salts: openSalts(at.run),
    dataCentres: openNetworkList(networksOf(config.excludedNetworks, log), wrong),
    shared: openNetworkList(config.sharedNetworks),
    ...(typeof sendQueue === 'string' ? {} : { sendQueue }),
  };
}
