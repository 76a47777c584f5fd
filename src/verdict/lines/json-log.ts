import { type LineParser, readRequestLine } from './log-request.ts';
import { readTimeValue } from './stamp.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Names under which programs log the same thing; a dot leads into an object. The first that is there counts. */
const NAMES = {
  at: 'ts time @timestamp timestamp time_iso8601 time_local msec date datetime StartUTC StartLocal EdgeStartTimestamp',
  address:
    'request.client_ip request.remote_ip request.remote_addr remote_addr remoteAddr remote_ip client_ip clientip ClientHost ClientAddr ClientIP client.ip client.address source.ip ip req.remoteAddress req.ip remoteAddress remoteIp httpRequest.remoteIp host_ip client addr',
  agent:
    'request.headers.User-Agent http_user_agent user_agent userAgent agent user_agent.original request_User-Agent ClientRequestUserAgent req.headers.user-agent headers.user-agent httpRequest.userAgent http.user_agent ua',
  referer:
    'request.headers.Referer http_referer referer referrer http.request.referrer request_Referer ClientRequestReferer req.headers.referer headers.referer httpRequest.referer',
  method:
    'request.method request_method method verb http.request.method RequestMethod ClientRequestMethod req.method httpRequest.requestMethod http_method',
  target:
    'request.uri request_uri uri RequestPath ClientRequestURI url.original req.url url path httpRequest.requestUrl url.path request_path',
  line: 'request message',
  protocol:
    'request.proto server_protocol protocol proto RequestProtocol ClientRequestProtocol http.version httpversion',
  status:
    'status status_code statusCode response.status http.response.status_code DownstreamStatus OriginStatus EdgeResponseStatus res.statusCode res.status response httpRequest.status code',
  bytes:
    'size bytes_sent body_bytes_sent bytes response_size http.response.body.bytes http.response.bytes DownstreamContentSize EdgeResponseBytes responseSize res.contentLength httpRequest.responseSize length content_length bytesSent',
} as const;

/** Names of durations with the milliseconds of one unit. */
const DURATIONS: readonly (readonly [names: string, unit: number])[] = [
  ['request_time duration_s elapsed_s request_time_s latency_s', 1000],
  [
    'responseTime response_time_ms duration_ms latency_ms elapsed_ms OriginResponseDurationMs took_ms time_ms responseTimeMs',
    1,
  ],
  ['duration_us response_time_us time_us', 1e-3],
  // Spec: Elastic Common Schema, event.duration; Traefik, Duration.
  ['event.duration Duration duration_ns', 1e-6],
];

const LISTS = Object.fromEntries(
  Object.entries(NAMES).map(([field, names]) => [
    field,
    names.split(' ').map((name) => [name, ...paths(name)]),
  ]),
) as Record<keyof typeof NAMES, string[][]>;
const DURATION_LISTS = DURATIONS.map(
  ([names, unit]) => [names.split(' ').map((name) => [name, ...paths(name)]), unit] as const,
);

/** The steps into nested objects. */
function paths(name: string): string[] {
  return name.split('.');
}

/** The value under one of the names, whole (`"source.ip": …`) or nested (`{"source": {"ip": …}}`). */
function fieldOf(fields: Fields, names: readonly (readonly string[])[]): unknown {
  for (const [whole = '', ...steps] of names) {
    if (fields[whole] !== undefined && (steps.length > 1 || typeof fields[whole] !== 'object'))
      return fields[whole];
    if (steps.length < 2) continue;
    let at: unknown = fields;
    for (const step of steps) at = typeof at === 'object' && at !== null ? (at as Fields)[step] : undefined;
    if (at !== undefined) return Array.isArray(at) ? at[0] : at;
  }
  return undefined;
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? (value === '-' ? '' : value) : typeof value === 'number' ? String(value) : '';

/** Address without the port that some programs add. */
export const withoutPort = (address: string): string =>
  /^\[(.*)\](?::\d+)?$/.exec(address)?.[1] ??
  (/^[^:]+:\d+$/.test(address) ? address.replace(/:\d+$/, '') : address);

/** Reads one JSON object a line: Caddy, Traefik, nginx with JSON, Elastic's fields, Cloudflare, Node's loggers. */
export function openJsonLog(): LineParser {
  return (line, into) => {
    let fields: Fields;
    try {
      fields = JSON.parse(line) as Fields;
    } catch {
      return false;
    }
    if (typeof fields !== 'object' || fields === null) return false;
    into.at = readTimeValue(fieldOf(fields, LISTS.at));
    into.address = withoutPort(textOf(fieldOf(fields, LISTS.address)));
    if (Number.isNaN(into.at) || into.address === '') return false;
    into.agent = textOf(fieldOf(fields, LISTS.agent));
    into.referer = textOf(fieldOf(fields, LISTS.referer));
    into.status = Number(fieldOf(fields, LISTS.status) ?? 0) || 0;
    into.bytes = Number(fieldOf(fields, LISTS.bytes) ?? 0) || 0;
    const method = textOf(fieldOf(fields, LISTS.method));
    if (method !== '') {
      into.method = method;
      into.target = textOf(fieldOf(fields, LISTS.target)).replace(/^https?:\/\/[^/]*/, '') || '/';
      into.protocol = textOf(fieldOf(fields, LISTS.protocol));
    } else readRequestLine(textOf(fieldOf(fields, LISTS.line)), into);
    into.duration = durationOf(fields);
    return true;
  };
}

/** Ms; NaN without. A plain `duration` is seconds when it has a fraction (Caddy), else milliseconds. */
function durationOf(fields: Fields): number {
  for (const [names, unit] of DURATION_LISTS) {
    const value = fieldOf(fields, names);
    if (value !== undefined && Number(value) >= 0) return Number(value) * unit;
  }
  const plain = fields.duration ?? fields.latency ?? fields.elapsed;
  if (typeof plain === 'string') {
    const [, number, unit = 's'] = /^([\d.]+)\s*(µs|us|ms|s)?$/.exec(plain) ?? [];
    return number === undefined
      ? Number.NaN
      : Number(number) * (unit === 's' ? 1000 : unit === 'ms' ? 1 : 1e-3);
  }
  if (typeof plain !== 'number' || plain < 0) return Number.NaN;
  return Number.isInteger(plain) && plain > 0 ? plain : plain * 1000;
}
