import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { readBundleHead } from '../../incident/index.ts';
import type { VerificationFinding } from '../../wire/evidence/verification.ts';
import type { BundleEntry, RequestsEntry } from '../../wire/evidence-entry.ts';

/** The first line of a file with the requests of an incident, and its hash. */
async function requestsIn(
  path: string,
): Promise<{ readonly incident: string | undefined; readonly sha256: string }> {
  const hash = createHash('sha256');
  let first = '';
  let whole = false;
  for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(piece);
    if (whole) continue;
    first += piece.toString('utf8');
    whole = first.includes('\n');
  }
  return { incident: readBundleHead(first.split('\n', 1)[0] ?? '')?.id, sha256: hash.digest('hex') };
}

/** The entries of a room's bundle that name files with requests. */
async function namedIn(bundle: string): Promise<readonly RequestsEntry[]> {
  const named: RequestsEntry[] = [];
  const lines = createInterface({
    input: createReadStream(bundle),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  for await (const line of lines) {
    if (!line.includes('"kind":"entry"') || !line.includes('requests')) continue;
    const { entry } = JSON.parse(line) as BundleEntry;
    const said = JSON.parse(entry) as RequestsEntry;
    if (said.kind === 'requests') named.push(said);
  }
  return named;
}

/**
 * Holds a file with the requests of an incident against what a room's bundle, which must be verified, says of it.
 * Undefined: it is the file that was signed.
 */
export async function changedRequests(
  bundle: string,
  path: string,
): Promise<VerificationFinding | undefined> {
  const { incident, sha256 } = await requestsIn(path);
  const finding = (code: string, reason: string): VerificationFinding => ({
    ...{ code, values: incident === undefined ? {} : { incident }, reason },
  });
  if (incident === undefined)
    return finding('requests-unreadable', `${path} is no file with the requests of an incident.`);
  const named = (await namedIn(bundle)).filter((one) => one.incident === incident);
  if (named.length === 0)
    return finding('requests-unsigned', `The log of this room names no requests of incident ${incident}.`);
  if (named.some((one) => one.sha256 === sha256)) return undefined;
  return finding(
    'requests-changed',
    `The requests of incident ${incident} are not those that were signed: the file was changed.`,
  );
}
