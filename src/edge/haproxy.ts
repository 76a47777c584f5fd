import { CLASSES, ENDLESS, PERSONAL_QUERY, PLAYLIST_QUERY } from './classes.ts';
import type { EdgeOptions } from './options.ts';

/** Limit of a cached object, bytes: a segment of AAC is 64 kB. */
const LARGEST_BYTES = 1_000_000;

/** A whole file for HAProxy 2.6 or newer. */
export function haproxy({ origin, listen, megabytes }: EdgeOptions): string {
  const kept = CLASSES.map(({ id }) => `is_${id.replace('-', '_')}`);
  const bind = /^\d+$/.test(listen) ? `:::${listen} v4v6` : listen;
  return `# Earshot behind HAProxy. Written by \`earshot edge haproxy\`; write it again rather than edit it.
# HAProxy's cache holds small things in memory. It does not wait for a request that is on its way: in the moment a new
# segment appears, each connection that asks goes to the origin until the first answer is in. It gives nothing out that
# is too old, so nothing of a live room while the origin is away. Put Varnish behind it where that matters.
global
    # Connections: as many as the limit of open files allows; each listener of the stream takes two.
    tune.bufsize 32768

defaults
    mode http
    option http-no-delay
    timeout http-request 10s
    timeout http-keep-alive 30s
    timeout connect 2s
    timeout client 60s
    timeout server 60s

cache earshot
    total-max-size ${Math.min(4095, Math.max(8, megabytes))}
    max-object-size ${LARGEST_BYTES}
    max-age 86400
    process-vary on
    max-secondary-entries 12

frontend earshot
    # A machine without IPv6 refuses addresses of it: write this file with --listen 0.0.0.0:PORT there.
    bind ${bind}
    # Who asks is what this program sees, whatever a client wrote.
    http-request set-header X-Forwarded-For %[src]
    http-request set-header X-Forwarded-Proto https if { ssl_fc }
    http-request set-header X-Forwarded-Proto http if !{ ssl_fc }
    http-request del-header X-Forwarded-Host
    http-request del-header Forwarded
    acl is_read method GET HEAD
    acl is_endless path_reg ${ENDLESS}
${CLASSES.map(({ path }, i) => `    acl ${kept[i]} path_reg ${path}`).join('\n')}
    acl is_personal ${PERSONAL_QUERY.map((name) => `url_param(${name}) -m found`).join(' or ')}
${kept.map((name) => `    http-request set-var(txn.keep) str(yes) if is_read ${name}${name === 'is_page' ? ' !is_personal' : ''}`).join('\n')}
    # Of the query only what names another object; random query strings are one object.
    acl has_msn url_param(_HLS_msn) -m reg ^${PLAYLIST_QUERY._HLS_msn}$
    acl has_part url_param(_HLS_part) -m reg ^${PLAYLIST_QUERY._HLS_part}$
    acl has_skip url_param(_HLS_skip) -m reg ^(${PLAYLIST_QUERY._HLS_skip})$
    http-request set-var(txn.q) str() if is_playlist
    http-request set-var-fmt(txn.q) ?_HLS_skip=YES if is_playlist has_skip !has_msn
    http-request set-var-fmt(txn.q) ?_HLS_msn=%[url_param(_HLS_msn)] if is_playlist has_msn !has_part !has_skip
    http-request set-var-fmt(txn.q) ?_HLS_msn=%[url_param(_HLS_msn)]&_HLS_skip=YES if is_playlist has_msn !has_part has_skip
    http-request set-var-fmt(txn.q) ?_HLS_msn=%[url_param(_HLS_msn)]&_HLS_part=%[url_param(_HLS_part)] if is_playlist has_msn has_part !has_skip
    http-request set-var-fmt(txn.q) ?_HLS_msn=%[url_param(_HLS_msn)]&_HLS_part=%[url_param(_HLS_part)]&_HLS_skip=YES if is_playlist has_msn has_part has_skip
    acl kept var(txn.keep) -m str yes
    http-request set-uri %[path]%[var(txn.q)] if kept
    http-request del-header Cookie if kept
    http-request del-header Authorization if kept
    # One name for everyone: the key has the host in it, the bytes do not depend on it.
    http-request set-header Host earshot if kept
    http-request cache-use earshot if kept
    http-response del-header Set-Cookie if { var(txn.keep) -m str yes }
    http-response cache-store earshot if { var(txn.keep) -m str yes }
    http-response set-header X-Cache HIT if { var(txn.keep) -m str yes } !{ srv_id -m found }
    http-response set-header X-Cache MISS if { var(txn.keep) -m str yes } { srv_id -m found }
    use_backend endless if is_endless
    default_backend origin

backend origin
    # Signalling and downloads are answered bit by bit; a minute of silence is an end.
    timeout server 1h
    server earshot ${origin.host}:${origin.port}

backend endless
    option http-server-close
    server earshot ${origin.host}:${origin.port}
`;
}
