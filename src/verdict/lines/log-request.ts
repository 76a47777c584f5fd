/** One request of an access log. The reader fills the same object again and again: copy what is kept. */
export interface LogRequest {
  /** Wall-clock ms; the second it was logged in where the log has no more. */
  at: number;
  address: string;
  /** Empty when the log has none. */
  agent: string;
  /** Empty for a request line that could not be read, as servers log it for broken or missing requests. */
  method: string;
  /** Path and query as sent. */
  target: string;
  protocol: string;
  /** 0 when the log has none. */
  status: number;
  bytes: number;
  /** Ms the server spent on it; NaN when the log does not say. */
  duration: number;
  /** Empty when there was none, or the log does not say. */
  referer: string;
}

/** Reads one line into `into`; false when it is no request of this format. */
export type LineParser = (line: string, into: LogRequest) => boolean;

/** An empty request, to be filled. */
export const emptyRequest = (): LogRequest => ({
  ...{ at: 0, address: '', agent: '', method: '', target: '', protocol: '' },
  ...{ status: 0, bytes: 0, duration: Number.NaN, referer: '' },
});

/** Splits `GET /path HTTP/1.1`; whatever is not of this form leaves an empty method. */
export function readRequestLine(text: string, into: LogRequest): void {
  const first = text.indexOf(' ');
  const last = text.lastIndexOf(' ');
  into.method = '';
  into.target = '';
  into.protocol = '';
  if (first <= 0 || first > 20) return;
  const protocol = last > first && text.startsWith('HTTP/', last + 1);
  into.method = text.slice(0, first);
  into.target = protocol ? text.slice(first + 1, last) : text.slice(first + 1);
  into.protocol = protocol ? text.slice(last + 1) : '';
  if (!/^[A-Z-]+$/.test(into.method)) into.method = '';
}
