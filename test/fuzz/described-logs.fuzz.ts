/** Logs whose format somebody describes (`--format`), and those that name their columns themselves. */
import { EarshotError } from '../../src/base/errors.ts';
import { openCountTable } from '../../src/verdict/lines/count-table.ts';
import { describedFormat } from '../../src/verdict/lines/format.ts';
import { isHaproxyLine } from '../../src/verdict/lines/haproxy-log.ts';
import { openLoadBalancerLog } from '../../src/verdict/lines/load-balancer-log.ts';
import { emptyRequest } from '../../src/verdict/lines/log-request.ts';
import { isW3cLog, openW3cLog } from '../../src/verdict/lines/w3c-log.ts';
import { target } from './engine/target.ts';

const NGINX =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_time';
const NGINX_LINE =
  '203.0.113.9 - - [30/Nov/2026:20:00:01 +0000] "GET /x?a=1 HTTP/1.1" 200 512 "-" "curl/8" 0.012';
const APACHE = '%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\" \\"%{User-Agent}i\\" %D';
const APACHE_LINE =
  '203.0.113.9 - - [30/Nov/2026:20:00:01 +0000] "GET /x HTTP/1.1" 200 512 "-" "curl/8" 1200';

export default target({
  covers: ['src/verdict/lines/'],
  run(bytes) {
    const lines = bytes.toString('utf8').split('\n');
    const request = emptyRequest();
    const read = (parse: (line: string, into: typeof request) => boolean): void => {
      for (const line of lines.slice(0, 50)) {
        if (!parse(line, request)) continue;
        if (Number.isNaN(request.at) || typeof request.address !== 'string')
          throw new Error('a request without its time');
      }
    };
    isW3cLog(lines);
    read(openW3cLog());
    read(openLoadBalancerLog());
    for (const line of lines.slice(0, 50)) isHaproxyLine(line);
    const row = openCountTable(lines[0] ?? '', lines[1] ?? '');
    for (const line of lines.slice(0, 50)) {
      const count = row?.(line);
      if (count && !(Number.isFinite(count.at) && Number.isFinite(count.requests)))
        throw new Error('a row without a number');
    }
    try {
      const format = describedFormat(lines[0] ?? '', lines.slice(1));
      if (format.kind === 'requests') read(format.parse);
    } catch (error) {
      // A description that lacks what a request needs is refused.
      if (!(error instanceof EarshotError)) throw error;
    }
  },
  seeds: [
    `${NGINX}\n${NGINX_LINE}`,
    `${APACHE}\n${APACHE_LINE}`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is how nginx writes it
    '${remote_addr} $msec $request_method $uri$is_args$args $status\n::1 1796000000.123 GET /x?a 200',
    '%{%Y-%m-%dT%H:%M:%S}t.%{msec_frac}t%{%z}t %a %{X-Forwarded-For}i %m %U%q %s %{ms}T\n2026-11-30T20:00:01.123+0000 ::1 10.0.0.1 GET /x?a 200 12',
    '#Version: 1.0\n#Fields: date time c-ip cs-method cs-uri-stem cs-uri-query sc-status sc-bytes time-taken cs(User-Agent)\n2026-11-30 20:00:01 203.0.113.9 GET /x a=1 200 512 12 curl/8+x',
    'http 2026-11-30T20:00:01.123456Z app/my-lb/50dc 203.0.113.9:2817 10.0.0.1:80 0.000 0.001 0.000 200 200 34 366 "GET http://x:80/ HTTP/1.1" "curl/8" - -',
    '203.0.113.9:5000 [30/Nov/2026:20:00:01.123] http-in~ back/server1 0/0/1/20/21 200 512 - - ---- 1/1/0/0/0 0/0 {x.example|curl/8} "GET /x HTTP/1.1"',
    'time,requests,errors\n2026-11-30T20:00:00Z,100,0\n1796000000,9000,800',
    '"date";"hits"\n30.11.2026 20:00;"1.000"\n',
  ],
  words: [
    '#Fields: ',
    '__proto__',
    'constructor',
    '$__proto__',
    '${',
    '%{',
    '}i',
    '}t',
    'c-ip',
    'time',
    'date',
    '\t',
    'hits',
    '+0100',
  ],
});
