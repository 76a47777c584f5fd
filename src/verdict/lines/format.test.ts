import { describe, expect, test } from 'vitest';
import { describedFormat, recogniseFormat } from './format.ts';
import { emptyRequest } from './log-request.ts';
import { readTimeValue } from './stamp.ts';

/** The first line of a file as the format recognised for it reads it. */
function read(...lines: readonly string[]) {
  const format = recogniseFormat(lines);
  if (format?.kind !== 'requests') throw new Error(`not recognised: ${lines[0]}`);
  const request = emptyRequest();
  expect(format.parse(lines[0] ?? '', request)).toBe(true);
  return { ...request, format: format.name };
}

const AT = Date.UTC(2026, 10, 30, 20, 0, 1);

describe('formats of logs', () => {
  test('common', () => {
    expect(read('192.0.2.1 - - [30/Nov/2026:20:00:01 +0000] "GET /a?b=1 HTTP/1.1" 200 2326')).toMatchObject({
      ...{ address: '192.0.2.1', at: AT, method: 'GET', target: '/a?b=1', protocol: 'HTTP/1.1' },
      ...{ status: 200, bytes: 2326, agent: '', referer: '', duration: Number.NaN, format: 'common' },
    });
  });

  test('combined, with a zone, an escaped quote and a dash for nothing', () => {
    const line =
      '2001:db8::1 - ana [30/Nov/2026:21:00:01 +0100] "GET / HTTP/2.0" 304 - "-" "Mozilla \\"x\\" (X11)"';
    expect(read(line)).toMatchObject({
      ...{
        address: '2001:db8::1',
        at: AT,
        bytes: 0,
        referer: '',
        agent: 'Mozilla \\"x\\" (X11)',
        format: 'combined',
      },
    });
  });

  test('a virtual host in front, and what syslog puts there', () => {
    const line = '192.0.2.1 - - [30/Nov/2026:20:00:01 +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8"';
    expect(read(`www.example.org:443 ${line}`).address).toBe('192.0.2.1');
    expect(read(`Nov 30 20:00:01 web nginx: ${line}`).address).toBe('192.0.2.1');
  });

  test('durations: nginx in seconds, Apache in microseconds or seconds', () => {
    const line = '192.0.2.1 - - [30/Nov/2026:20:00:01 +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8"';
    expect(read(`${line} 0.125`).duration).toBe(125);
    expect(read(`${line} rt=0.125 "0.1"`).duration).toBe(125);
    expect(read(`${line} 125000`).duration).toBe(125);
    expect(read(`${line} 2`, `${line} 0`, `${line} 0`).duration).toBe(2000);
    const before = '192.0.2.1 - - [30/Nov/2026:20:00:01 +0000] "GET / HTTP/1.1" 200 5 125000 "-" "curl/8"';
    expect(read(before)).toMatchObject({ duration: 125, agent: 'curl/8' });
  });

  test('two whole numbers at the end are sizes, no durations', () => {
    const line = '192.0.2.1 - - [30/Nov/2026:20:00:01 +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8" 310 5421';
    expect(read(line).duration).toBeNaN();
  });

  test('a request line that was none', () => {
    const line = (request: string) => `192.0.2.1 - - [30/Nov/2026:20:00:01 +0000] "${request}" 400 0 "-" "-"`;
    expect(read(line('\\x16\\x03\\x01')).method).toBe('');
    expect(read(line('')).method).toBe('');
    expect(read(line('-')).method).toBe('');
  });

  test('Caddy', () => {
    const line =
      '{"level":"info","ts":1796068801.5,"logger":"http.log.access","request":{"remote_ip":"192.0.2.1","proto":"HTTP/2.0","method":"GET","host":"a","uri":"/x","headers":{"User-Agent":["curl/8"],"Referer":["https://a/"]}},"duration":0.125,"size":99,"status":200}';
    expect(read(line)).toMatchObject({
      ...{ address: '192.0.2.1', at: AT + 500, target: '/x', agent: 'curl/8', referer: 'https://a/' },
      ...{ bytes: 99, status: 200, duration: 125 },
    });
  });

  test('JSON of nginx, Elastic and Traefik', () => {
    expect(
      read(
        '{"time_iso8601":"2026-11-30T20:00:01+00:00","remote_addr":"192.0.2.1","request":"GET /x HTTP/1.1","status":"200","body_bytes_sent":"99","request_time":"0.125","http_user_agent":"curl/8"}',
      ),
    ).toMatchObject({
      address: '192.0.2.1',
      at: AT,
      target: '/x',
      bytes: 99,
      duration: 125,
      agent: 'curl/8',
    });
    expect(
      read(
        '{"@timestamp":"2026-11-30T20:00:01Z","source":{"ip":"192.0.2.1"},"http":{"request":{"method":"GET"},"response":{"status_code":200}},"url":{"original":"/x"},"user_agent":{"original":"curl/8"},"event":{"duration":125000000}}',
      ),
    ).toMatchObject({ address: '192.0.2.1', at: AT, target: '/x', status: 200, duration: 125 });
    expect(
      read(
        '{"ClientAddr":"192.0.2.1:4711","StartUTC":"2026-11-30T20:00:01Z","RequestMethod":"GET","RequestPath":"/x","DownstreamStatus":200,"DownstreamContentSize":99,"Duration":125000000,"request_User-Agent":"curl/8"}',
      ),
    ).toMatchObject({
      address: '192.0.2.1',
      target: '/x',
      status: 200,
      bytes: 99,
      duration: 125,
      agent: 'curl/8',
    });
  });

  test('HAProxy', () => {
    const line =
      'Nov 30 20:00:01 lb haproxy[14389]: 192.0.2.1:33317 [30/Nov/2026:20:00:01.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {curl/8} {} "GET /x HTTP/1.1"';
    expect(read(line)).toMatchObject({
      ...{
        address: '192.0.2.1',
        at: AT + 655,
        target: '/x',
        status: 200,
        bytes: 2750,
        duration: 109,
        agent: 'curl/8',
      },
    });
    const slow =
      'Nov 30 20:00:01 lb haproxy[1]: 192.0.2.1:1 [30/Nov/2026:20:00:01.655] http-in http-in/<NOSRV> -1/-1/-1/-1/10000 408 212 - - cR-- 1/1/0/0/0 0/0 "<BADREQ>"';
    expect(read(slow)).toMatchObject({ method: '', status: 408, duration: 10_000 });
  });

  test('what servers write for addresses: a scope, a name', () => {
    const line = '- - [30/Nov/2026:20:00:01 +0000] "GET / HTTP/2.0" 302 360 "-" "curl/8"';
    expect(read(`box:443 fe80::a00:27ff:abcd:abc%enp0s8 ${line}`).address).toBe(
      'fe80::a00:27ff:abcd:abc%enp0s8',
    );
    expect(read(`92.118.161.13.example.com ${line}`).address).toBe('92.118.161.13.example.com');
  });

  test('W3C extended: IIS, CloudFront, and columns that change within a file', () => {
    const iis = [
      '#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-bytes time-taken',
      '2026-11-30 20:00:01 10.0.0.1 GET /x a=1 443 - 192.0.2.1 Mozilla/5.0+(X11) - 200 99 125',
    ];
    const format = recogniseFormat(iis);
    const request = emptyRequest();
    if (format?.kind !== 'requests') throw new Error('not recognised');
    expect(iis.map((line) => format.parse(line, request))).toEqual([false, true]);
    expect(request).toMatchObject({
      ...{ at: AT, address: '192.0.2.1', method: 'GET', target: '/x?a=1', status: 200, bytes: 99 },
      ...{ duration: 125, agent: 'Mozilla/5.0 (X11)', referer: '' },
    });
    format.parse(
      '#Fields: date\ttime\tc-ip\tcs-method\tcs-uri-stem\tsc-status\ttime-taken\tcs(User-Agent)',
      request,
    );
    expect(
      format.parse('2026-11-30\t20:00:01\t2001:db8::1\tGET\t/y\t404\t0.125\tMozilla/5.0%20(X11)', request),
    ).toBe(true);
    expect(request).toMatchObject({
      ...{
        at: AT,
        address: '2001:db8::1',
        target: '/y',
        status: 404,
        duration: 125,
        agent: 'Mozilla/5.0 (X11)',
      },
    });
    expect(format.parse('2026-11-30\t20:00:01\t2001:db8::1', request)).toBe(false);
  });

  test('AWS load balancer', () => {
    const line =
      'https 2026-11-30T20:00:01.500000Z app/lb/50dc 192.0.2.1:2817 10.0.0.1:80 0.005 0.115 0.005 200 200 34 366 "GET https://www.example.com:443/x?a=1 HTTP/1.1" "curl/8" ECDHE TLSv1.2 arn "Root=1" "-" "-" 0';
    expect(read(line)).toMatchObject({
      ...{ at: AT + 500, address: '192.0.2.1', target: '/x?a=1', status: 200, bytes: 366 },
      ...{ duration: 125, agent: 'curl/8', format: 'AWS load balancer' },
    });
    expect(read(line.replace('0.005 0.115 0.005', '-1 -1 -1')).duration).toBeNaN();
  });

  test('as nginx or Apache describe it', () => {
    const reads = (description: string, line: string) => {
      const format = describedFormat(description, [line]);
      const request = emptyRequest();
      expect(format.kind === 'requests' && format.parse(line, request)).toBe(true);
      return request;
    };
    expect(
      reads(
        '$remote_addr | [$time_local] | $request | $status | $body_bytes_sent | $http_referer | $http_user_agent | $upstream_addr | $request_time',
        '192.0.2.1 | [30/Nov/2026:20:00:01 +0000] | GET /x HTTP/1.1 | 200 | 99 | - | Mozilla/5.0 (X11) | 10.0.0.7:80 | 0.125',
      ),
    ).toMatchObject({
      at: AT,
      address: '192.0.2.1',
      target: '/x',
      bytes: 99,
      agent: 'Mozilla/5.0 (X11)',
      duration: 125,
    });
    expect(
      reads(
        '%h %A:%p,%V>%v %u [%{%Y-%m-%d %H:%M:%S}t.%{msec_frac}t %{%z}t] \\"%r\\" %>s %b \\"REFERER=%{Referer}i\\" \\"%{User-agent}i\\" us=%D',
        '192.0.2.1 10.1.1.1:443,a>b - [2026-11-30 21:00:01.500 +0100] "GET /x HTTP/1.1" 200 99 "REFERER=https://a/" "Mozilla \\"x\\"" us=125000',
      ),
    ).toMatchObject({
      at: AT + 500,
      target: '/x',
      referer: 'https://a/',
      agent: 'Mozilla \\"x\\"',
      duration: 125,
    });
    expect(
      reads(
        '%{X-Forwarded-For}i %t %m %U%q %s',
        '192.0.2.9, 10.0.0.1 [30/Nov/2026:20:00:01 +0000] GET /x?a=1 200',
      ),
    ).toMatchObject({ at: AT, address: '192.0.2.9', method: 'GET', target: '/x?a=1' });
  });

  test('a description that lacks something says what; lines that are otherwise are not read', () => {
    expect(() => describedFormat('$status $request', [])).toThrow(
      /the address of the client .* and the time/,
    );
    expect(() => describedFormat('$remote_addr$time_local "$request"', [])).toThrow(/nothing between/);
    const format = describedFormat('$remote_addr [$time_local] "$request"', []);
    for (const line of [
      '',
      '192.0.2.1',
      '192.0.2.1 [30/Nov/2026:20:00:01 +0000] "GET /',
      '192.0.2.1 [soon] "GET / HTTP/1.1"',
    ])
      expect(format.kind === 'requests' && format.parse(line, emptyRequest())).toBe(false);
  });

  test('a table of counts, with a header or without, and what is none of all these', () => {
    const table = recogniseFormat(['time,requests,5xx', '2026-11-30T20:00:00Z,120,3']);
    expect(table?.kind === 'counts' && table.row('2026-11-30T20:00:01Z,120,3')).toEqual({
      ...{ at: AT, requests: 120, errors: 3 },
    });
    expect(recogniseFormat(['1796068801,120', '1796068861,99'])?.kind).toBe('counts');
    expect(recogniseFormat(['hello', 'world'])).toBeUndefined();
    expect(recogniseFormat(['some words, and 3 more'])).toBeUndefined();
    expect(recogniseFormat([])).toBeUndefined();
  });

  test('times of programs: seconds, ms, µs, ns, ISO without a zone as UTC', () => {
    const values = [1796068801, '1796068801.000', 1796068801000, 1796068801000000, 1796068801000000000];
    for (const value of [
      ...values,
      '2026-11-30T20:00:01',
      '2026-11-30 20:00:01',
      '30/Nov/2026:20:00:01 +0000',
    ])
      expect(readTimeValue(value)).toBe(AT);
    for (const value of [12, 'soon', null, {}]) expect(readTimeValue(value)).toBeNaN();
  });
});

test('a time after the year 9999 is none: it could not be written in an answer', () => {
  expect(readTimeValue('2020202020202020202020202020202020')).toBeNaN();
  expect(readTimeValue(1e30)).toBeNaN();
  expect(readTimeValue('+012345-01-01T00:00:00Z')).toBeNaN();
  expect(readTimeValue('9999-12-31T23:59:59Z')).toBe(Date.UTC(9999, 11, 31, 23, 59, 59));
});

describe('what nobody means', () => {
  test('a variable or a column called __proto__ is one that nobody knows', () => {
    const described = describedFormat('$remote_addr [$time_local] "$request" $__proto__', []);
    const columns = ['#Fields: date time c-ip __proto__ constructor', '2026-11-30 20:00:01 192.0.2.1 x y'];
    const request = emptyRequest();
    if (described.kind !== 'requests') throw new Error('no requests');
    expect(described.parse('192.0.2.1 [30/Nov/2026:20:00:01 +0000] "GET / HTTP/1.1" x', request)).toBe(true);
    const format = recogniseFormat(columns);
    if (format?.kind !== 'requests') throw new Error('no requests');
    expect(columns.map((line) => format.parse(line, request))).toEqual([false, true]);
    expect(request.address).toBe('192.0.2.1');
  });

  test('a count beyond all numbers is no row', () => {
    const format = recogniseFormat(['time,requests', '2026-11-30T20:00:00Z,5']);
    if (format?.kind !== 'counts') throw new Error('no counts');
    expect(format.row('2026-11-30T20:00:10Z,1e999')).toBeUndefined();
    expect(format.row('2026-11-30T20:00:10Z,6')).toMatchObject({ requests: 6 });
  });

  test('a line of a quarter of a megabyte without a space is looked through once', () => {
    const began = performance.now();
    expect(recogniseFormat(['1:'.repeat(1 << 17)])).toBeUndefined();
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
