import { EarshotError } from '../../base/errors.ts';
import { closingQuote } from './combined-log.ts';
import { withoutPort } from './json-log.ts';
import { emptyRequest, type LineParser, type LogRequest, readRequestLine } from './log-request.ts';
import { readTimeValue } from './stamp.ts';

/** A line in the reading: the request, and the pieces of its time. */
interface Reading {
  readonly into: LogRequest;
  time: string;
  fraction: string;
  zone: string;
  forwarded: string;
}

type Setter = (value: string, reading: Reading) => void;
type Step = { readonly literal: string } | { readonly set: Setter };

const dash = (text: string): string => (text === '-' ? '' : text);
const number = (text: string): number => Number(text) || 0;
const duration =
  (unit: number): Setter =>
  (value, { into }) => {
    into.duration = value !== '-' && Number(value) >= 0 ? Number(value) * unit : Number.NaN;
  };
const NOTHING: Setter = () => {};

const ADDRESS: Setter = (value, { into }) => {
  into.address = withoutPort(value);
};
const FORWARDED: Setter = (value, reading) => {
  reading.forwarded = withoutPort(dash(value.split(',')[0]?.trim() ?? ''));
};
const TIME: Setter = (value, reading) => {
  reading.time += value;
};
const REQUEST: Setter = (value, { into }) => readRequestLine(value, into);
const METHOD: Setter = (value, { into }) => {
  into.method = dash(value);
};
const TARGET: Setter = (value, { into }) => {
  into.target = dash(value) + into.target;
};
const QUERY: Setter = (value, { into }) => {
  const query = dash(value);
  if (query !== '') into.target += query.startsWith('?') ? query : `?${query}`;
};
const PROTOCOL: Setter = (value, { into }) => {
  into.protocol = dash(value);
};
const STATUS: Setter = (value, { into }) => {
  into.status = number(value);
};
const BYTES: Setter = (value, { into }) => {
  into.bytes = number(value);
};
const REFERER: Setter = (value, { into }) => {
  into.referer = dash(value);
};
const AGENT: Setter = (value, { into }) => {
  into.agent = dash(value);
};

/** Spec: nginx, ngx_http_log_module and ngx_http_core_module, embedded variables. */
const NGINX: Readonly<Record<string, Setter>> = {
  ...{ remote_addr: ADDRESS, http_x_forwarded_for: FORWARDED, proxy_add_x_forwarded_for: FORWARDED },
  ...{ time_local: TIME, time_iso8601: TIME, msec: TIME },
  ...{
    request: REQUEST,
    request_method: METHOD,
    request_uri: TARGET,
    uri: TARGET,
    args: QUERY,
    query_string: QUERY,
  },
  ...{ server_protocol: PROTOCOL, status: STATUS, body_bytes_sent: BYTES, bytes_sent: BYTES },
  ...{ http_referer: REFERER, http_user_agent: AGENT, request_time: duration(1000) },
};

/** Spec: Apache httpd, mod_log_config, custom log formats. */
const APACHE: Readonly<Record<string, Setter>> = {
  ...{ h: ADDRESS, a: ADDRESS, t: TIME, r: REQUEST, m: METHOD, U: TARGET, q: QUERY, H: PROTOCOL, s: STATUS },
  ...{ b: BYTES, B: BYTES, O: BYTES, D: duration(1e-3), T: duration(1000) },
};

/** An Apache directive with an argument, such as `%{Referer}i`. */
function argued(argument: string, letter: string): Setter | undefined {
  const name = argument.toLowerCase();
  if (letter === 'i') {
    if (name === 'user-agent') return AGENT;
    if (name === 'referer') return REFERER;
    return name === 'x-forwarded-for' ? FORWARDED : NOTHING;
  }
  if (letter === 'T') return duration({ us: 1e-3, ms: 1 }[name] ?? 1000);
  if (letter === 'a') return ADDRESS;
  if (letter !== 't') return undefined;
  if (name.endsWith('_frac'))
    return (value, reading) => {
      reading.fraction = value;
    };
  if (argument === '%z')
    return (value, reading) => {
      reading.zone = value;
    };
  return TIME;
}

/** Only a table's own members: `$__proto__` is a variable that nobody knows. */
const setterOf = (table: Readonly<Record<string, Setter>>, name: string): Setter =>
  (Object.hasOwn(table, name) ? table[name] : undefined) ?? NOTHING;

const VARIABLE = /\$(\w+)|\$\{(\w+)\}|%%|%[<>!\d,]*(?:\{([^}]*)\}\^?)?([A-Za-z])/g;

/** The description cut into texts that stand as they are, and values. */
function stepsOf(description: string): Step[] {
  const steps: Step[] = [];
  const literal = (text: string): void => {
    const before = steps.at(-1);
    if (text === '') return;
    if (before && 'literal' in before) steps[steps.length - 1] = { literal: before.literal + text };
    else steps.push({ literal: text });
  };
  const value = (set: Setter): void => {
    const before = steps.at(-1);
    // Path and query side by side are what was asked for.
    if (set === QUERY && before && 'set' in before && before.set === TARGET) return;
    if (before && 'set' in before)
      throw new EarshotError(
        'unprocessable',
        '--format: two values with nothing between them cannot be told apart',
      );
    steps.push({ set });
  };
  let from = 0;
  for (const found of description.matchAll(VARIABLE)) {
    literal(description.slice(from, found.index));
    from = found.index + found[0].length;
    const [whole, plain, braced, argument, letter = ''] = found;
    if (whole === '%%') literal('%');
    else if (plain !== undefined || braced !== undefined) value(setterOf(NGINX, plain ?? braced ?? ''));
    else if (argument !== undefined) value(argued(argument, letter) ?? NOTHING);
    else if (letter === 't') {
      // The plain time of Apache brings its own brackets.
      literal('[');
      value(TIME);
      literal(']');
    } else value(setterOf(APACHE, letter));
  }
  literal(description.slice(from));
  return steps;
}

/** The values of one line, by their setters; false when a text is not where the description has it. */
function readSteps(line: string, steps: readonly Step[], reading: Reading): boolean {
  let at = 0;
  for (const [i, step] of steps.entries()) {
    if ('literal' in step) {
      if (!line.startsWith(step.literal, at)) return false;
      at += step.literal.length;
      continue;
    }
    const next = steps[i + 1];
    let end = line.length;
    if (next && 'literal' in next)
      end = next.literal.startsWith('"') ? closingQuote(line, at) : line.indexOf(next.literal, at);
    if (end < 0) return false;
    step.set(line.slice(at, end), reading);
    at = end;
  }
  return true;
}

/**
 * Reads a log by the description its server has of it: nginx's `log_format` or Apache's `LogFormat`. Values that say
 * nothing about a request are skipped. The client is the address of the connection, and the first forwarded one only
 * where the description has no other.
 * @throws EarshotError `unprocessable` when the description has no address, no time or no request.
 */
export function openDescribedLog(description: string): LineParser {
  const text = description.trim().replaceAll('\\"', '"');
  const steps = stepsOf(text);
  const has = (...setters: readonly Setter[]): boolean =>
    steps.some((step) => 'set' in step && setters.includes(step.set));
  const missing = [
    has(ADDRESS, FORWARDED) ? '' : 'the address of the client ($remote_addr or %h)',
    has(TIME) ? '' : 'the time ($time_local or %t)',
    has(REQUEST, TARGET) ? '' : 'the request ($request or "%r")',
  ].filter((what) => what !== '');
  if (missing.length > 0)
    throw new EarshotError('unprocessable', `--format has no value for ${missing.join(' and ')}`);
  const direct = has(ADDRESS);
  return (line, into) => {
    Object.assign(into, emptyRequest());
    const reading: Reading = { into, time: '', fraction: '', zone: '', forwarded: '' };
    if (!readSteps(line, steps, reading)) return false;
    if (!direct) into.address = reading.forwarded;
    into.at = readTimeValue(
      `${reading.time.replace(/^\[|\]$/g, '')}${reading.fraction && `.${reading.fraction}`}${reading.zone.replace(/(\d\d)(\d\d)$/, '$1:$2')}`,
    );
    return !Number.isNaN(into.at) && into.address !== '';
  };
}
