import { type LineParser, readRequestLine } from './log-request.ts';
import { openStamps } from './stamp.ts';

/** Spec: HAProxy configuration manual, 8.2.3 (HTTP log format). */
const LINE =
  /(?<!\S)(\S+):(\d+) \[(\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2})\.(\d{3})\] (\S+) (\S+) (-?\d+)\/(-?\d+)\/(-?\d+)\/(-?\d+)\/\+?(-?\d+) (-?\d+) \+?(\d+) \S+ \S+ (\S{4}) \S+ \S+ (?:\{([^}]*)\} )?(?:\{[^}]*\} )?"(.*?)"?$/;

/** True for a line of HAProxy's `option httplog`. */
export const isHaproxyLine = (line: string): boolean => LINE.test(line);

/** Reads `option httplog`. Captured request headers are searched for the one that looks like an agent or a referer. */
export function openHaproxyLog(): LineParser {
  const stamp = openStamps();
  return (line, into) => {
    const found = LINE.exec(line);
    if (!found) return false;
    into.at = stamp(`${found[3]} +0000`, 0) + Number(found[4]);
    into.address = found[1] ?? '';
    into.status = Math.max(0, Number(found[12]));
    into.bytes = Number(found[13]);
    into.duration = Number(found[11]);
    into.referer = '';
    into.agent = '';
    for (const header of (found[15] ?? '').split('|')) {
      if (/^https?:\/\//.test(header)) into.referer = header;
      else if (/[\w-]+\/\d|\(|bot/i.test(header)) into.agent = header;
    }
    const request = found[16] ?? '';
    readRequestLine(request, into);
    // A client that let the time for its request run out: `<BADREQ>` with 408, or closed without an answer.
    if (request.startsWith('<BADREQ>') && into.status === 0) into.status = 408;
    return !Number.isNaN(into.at);
  };
}
