import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { EarshotError } from '../../base/errors.ts';
import { type Incident, readBundleHead, verdictOfBundle } from '../../incident/index.ts';
import { readEntries } from '../../journal/index.ts';
import {
  type DemandBaseline,
  isDemandBaseline,
  isRequestSlot,
  type RequestSlot,
} from '../../verdict/index.ts';

/** What a bundle of an incident begins with; so much is looked at to tell it from a log. */
const MARK = '"kind":"earshot-incident"';
const MARK_BYTES = 4 * 1024 * 1024;

/** Works the verdict of an incident's bundle out again; undefined when the file is none. */
export async function verdictOfFile(path: string): Promise<string | undefined> {
  if (!(await isBundle(path))) return undefined;
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
  let head: ReturnType<typeof readBundleHead>;
  const slots: (RequestSlot | DemandBaseline)[] = [];
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (head) slots.push(...slotsIn(line, `${path}, line ${number}`));
    else {
      head = readBundleHead(line);
      if (!head)
        throw new EarshotError('unprocessable', `${path}: its first line is not that of an incident`);
    }
  }
  return head && verdictOfBundle(head, slots);
}

/** The slot of a line; a line that was cut off has none. @throws EarshotError `unprocessable` for anything else. */
function slotsIn(line: string, where: string): (RequestSlot | DemandBaseline)[] {
  const entries = readEntries<unknown>(line);
  return entries.map((entry) => {
    if (isRequestSlot(entry) || isDemandBaseline(entry)) return entry;
    throw new EarshotError('unprocessable', `${where}: this is no summary of requests`);
  });
}

const percent = (share: number | null): string =>
  share === null ? 'unknown' : `${Math.round(share * 1000) / 10} %`;

/** The verdict of a bundle for a person. */
export function incidentInWords(text: string): string {
  const found = JSON.parse(text) as Incident;
  const { cost, requests } = found.hostile;
  const caused = found.caused === null ? 'not decidable' : found.caused ? 'yes' : 'no';
  const lines = [
    `${found.label}: incident ${found.id}`,
    `Caused by an attack: ${caused}.`,
    `Hostile share of cost ${percent(cost.share)} (${percent(cost.low)} to ${percent(cost.high)}), of requests ${percent(requests.share)} (${percent(requests.low)} to ${percent(requests.high)}).`,
    ...found.for.map((reason) => `  for: ${reason}`),
    ...found.against.map((reason) => `  against: ${reason}`),
  ];
  return `${lines.join('\n').replace(/[^\x20-\x7e\u00a0-\uffff\n]/g, '?')}\n`;
}

async function isBundle(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MARK_BYTES), 0, MARK_BYTES, 0);
    const text = buffer.toString('latin1', 0, bytesRead);
    const first = text.slice(0, text.indexOf('\n') < 0 ? undefined : text.indexOf('\n'));
    return first.startsWith('{') && first.includes(MARK);
  } finally {
    await file.close();
  }
}
