import { type CommonLayout, commonLayout, NO_DURATION, openCommonLog } from './combined-log.ts';
import { openCountTable, type RowParser } from './count-table.ts';
import { openDescribedLog } from './described-log.ts';
import { isHaproxyLine, openHaproxyLog } from './haproxy-log.ts';
import { openJsonLog } from './json-log.ts';
import { openLoadBalancerLog } from './load-balancer-log.ts';
import { emptyRequest, type LineParser } from './log-request.ts';
import { isW3cLog, openW3cLog } from './w3c-log.ts';

/** Lines at the beginning of a file that tell its format. */
export const FORMAT_LINES = 1000;
/** Share of them that must be readable. */
const LEAST_READABLE = 0.3;

/** How a file is read: requests, or counts per interval. */
export type LogFormat =
  | {
      readonly kind: 'requests';
      readonly name: string;
      readonly parse: LineParser;
      readonly durations: boolean;
    }
  | { readonly kind: 'counts'; readonly name: string; readonly row: RowParser };

const readable = (lines: readonly string[], parse: LineParser): number => {
  const into = emptyRequest();
  return lines.filter((line) => parse(line, into)).length;
};

/** Recognises the format of a file by its first lines; undefined when none of those known reads it. */
export function recogniseFormat(first: readonly string[]): LogFormat | undefined {
  const lines = first.filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const durations = (parse: LineParser): boolean => hasDurations(first, parse);
  const enough = (count: number): boolean => count > 0 && count >= lines.length * LEAST_READABLE;
  if (lines.length === 0) return undefined;
  if (isW3cLog(first) && enough(readable(first, openW3cLog())))
    return {
      kind: 'requests',
      name: 'W3C extended',
      parse: openW3cLog(),
      durations: durations(openW3cLog()),
    };
  if (enough(readable(lines, openLoadBalancerLog())))
    return { kind: 'requests', name: 'AWS load balancer', parse: openLoadBalancerLog(), durations: true };
  if (lines.some((line) => line.startsWith('{'))) {
    if (enough(readable(lines, openJsonLog())))
      return {
        kind: 'requests',
        name: 'JSON lines',
        parse: openJsonLog(),
        durations: durations(openJsonLog()),
      };
  }
  if (enough(lines.filter(isHaproxyLine).length))
    return { kind: 'requests', name: 'HAProxy httplog', parse: openHaproxyLog(), durations: true };
  if (enough(readable(lines, openCommonLog(NO_DURATION)))) {
    const layout: CommonLayout = commonLayout(lines);
    const into = emptyRequest();
    const plain = openCommonLog(layout);
    const combined = lines.some((line) => plain(line, into) && (into.agent !== '' || into.referer !== ''));
    const timed = layout.duration >= 0;
    const unit = { 0.001: 'µs', 1: 'ms', 1000: 's' }[layout.unit as 1];
    const name = `${combined ? 'combined' : 'common'}${timed ? ` with durations (taken as ${unit})` : ''}`;
    return { kind: 'requests', name, parse: openCommonLog(layout), durations: timed };
  }
  const row = openCountTable(lines[0] ?? '', lines[1] ?? lines[0] ?? '');
  if (row && enough(lines.filter((line) => row(line)).length + 1))
    return { kind: 'counts', name: 'counts per interval', row };
  return undefined;
}

/**
 * The format that somebody describes; see `openDescribedLog`.
 * @throws EarshotError `unprocessable` when the description lacks what a request needs.
 */
export function describedFormat(description: string, first: readonly string[]): LogFormat {
  return {
    ...{ kind: 'requests', name: 'as described', parse: openDescribedLog(description) },
    durations: hasDurations(first, openDescribedLog(description)),
  };
}

function hasDurations(lines: readonly string[], parse: LineParser): boolean {
  const into = emptyRequest();
  return lines.some((line) => parse(line, into) && into.duration >= 0);
}
