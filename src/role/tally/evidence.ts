import { randomBytes } from 'node:crypto';
import { type Clock, systemClock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Config } from '../../config/index.ts';
import { type Evidence, open } from '../../evidence/index.ts';
import { find } from '../../http/index.ts';
import type { IncidentsDeps } from '../../incident/index.ts';
import type { MessageHead } from '../../wire/feed.ts';
import { paths } from '../paths.ts';
import { openClosedRooms } from './closed-rooms.ts';

/** Rooms whose titles are held for their bundles; later ones push out the first. */
const MOST_TITLES = 4_096;

/** The evidence log of this installation, and the titles of rooms for its bundles. */
export interface TallyEvidence {
  readonly evidence: Evidence;
  /** Takes what the site says of rooms; anything else is ignored. */
  receive(head: MessageHead): void;
}

/** The log's name, if it begins now: the address people use, or one made up. */
function originOf({ publicUrl, acmeDomains }: Config): string {
  const host = publicUrl ? new URL(publicUrl).host : acmeDomains[0];
  return `${host ?? `earshot-${randomBytes(6).toString('hex')}`}/evidence`;
}

/**
 * Opens the evidence log in the data folder.
 * @throws EarshotError `bad-config` when another process writes it.
 */
export async function openTallyEvidence(config: Config, log: Log): Promise<TallyEvidence> {
  const at = paths(config.data);
  const titles = new Map<string, string>();
  const closed = await openClosedRooms({ path: at.closedRooms, log });
  const evidence = await open({
    ...{ dir: at.evidence, lock: at.lock('evidence'), clock: systemClock, log },
    ...{ origin: originOf(config), witnesses: config.evidenceWitnesses, title: (room) => titles.get(room) },
    withheld: closed.has,
  });
  return {
    evidence,
    receive(head) {
      closed.receive(head);
      if (head.kind !== 'rooms' && head.kind !== 'room-changes') return;
      for (const { slug, title } of head.rooms) {
        titles.delete(slug);
        titles.set(slug, title);
        if (titles.size > MOST_TITLES) titles.delete(titles.keys().next().value as string);
      }
    },
  };
}

/** Routes requests about the evidence log to it, and all others to `others`, according to the table of addresses. */
export const answersOf =
  (evidence: Evidence, others: (request: Request) => Promise<Response>) =>
  (request: Request): Promise<Response> => {
    const id = find(new URL(request.url).pathname)?.address.id ?? '';
    return id === 'bundle' || id.startsWith('evidence-') ? evidence.fetch(request) : others(request);
  };

/** Rooms of an incident whose history names the file with its requests. */
const MOST_SIGNED = 20;

/** What is published of an incident's requests; the history of each of its rooms names the file that they are in. */
export const publishedRequests = (
  requests: { lines(from: number, to: number): AsyncIterable<string> },
  evidence: Pick<Evidence, 'appendOf'>,
  clock: Pick<Clock, 'wall'>,
): Pick<Required<IncidentsDeps>, 'requestLines' | 'requestsCopied'> => ({
  requestLines: ({ window: { from, to = from } }) => requests.lines(from, to),
  async requestsCopied({ id, rooms }, sha256, lines) {
    const at = Math.round(clock.wall());
    const entry = { v: 1, kind: 'requests', at, incident: id, sha256, lines } as const;
    await Promise.all(rooms.slice(0, MOST_SIGNED).map((room) => evidence.appendOf(room, entry)));
  },
});
