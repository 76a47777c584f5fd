import { withoutPort } from './json-log.ts';
import { type LineParser, readRequestLine } from './log-request.ts';
import { readTimeValue } from './stamp.ts';

/**
 * One line of an AWS load balancer: the classic one begins with the time, the application one with the kind of the
 * connection. Spec: "Access logs for your Application Load Balancer", Elastic Load Balancing user guide.
 */
const LINE =
  /^(?:(?:https?|h2|grpcs?|wss?) )?(\d{4}-\d\d-\d\dT[\d:.]+Z) \S+ (\S+) \S+ (-?[\d.]+) (-?[\d.]+) (-?[\d.]+) (\d{3}|-) (?:\d{3}|-) \d+ (\d+) "([^"]*)" "([^"]*)"/;

/** Reads the access logs of AWS load balancers. */
export function openLoadBalancerLog(): LineParser {
  return (line, into) => {
    const found = LINE.exec(line);
    if (!found) return false;
    into.at = readTimeValue(found[1]);
    into.address = withoutPort(found[2] ?? '');
    const times = [found[3], found[4], found[5]].map(Number);
    into.duration = times.some((seconds) => seconds < 0)
      ? Number.NaN
      : Math.round(times.reduce((sum, seconds) => sum + seconds, 0) * 1e6) / 1000;
    into.status = Number(found[6]) || 0;
    into.bytes = Number(found[7]);
    readRequestLine(found[8] ?? '', into);
    into.target = into.target.replace(/^[a-z]+:\/\/[^/]*/, '') || '/';
    into.referer = '';
    into.agent = found[9] === '-' ? '' : (found[9] ?? '');
    return !Number.isNaN(into.at);
  };
}
