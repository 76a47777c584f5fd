import { BACKSTAGE, CLASSES, ENDLESS, MUSIC, PERSONAL_QUERY, PLAYLIST_QUERY } from './classes.ts';
import type { EdgeOptions } from './options.ts';

const named = (id: string): string => CLASSES.find((kind) => kind.id === id)?.path ?? '';

/** VCL 4.1 for Varnish 6.0 or newer. It does not say where to listen: that is varnishd's `-a`. */
export const varnish = ({ origin }: EdgeOptions): string =>
  `${HEAD}${backend(origin)}${receive()}${HASH_AND_PIPE}${fetched()}${DELIVER}`;

const HEAD = `# Earshot behind Varnish. Written by \`earshot edge varnish\`; write it again rather than edit it.
# Start it with room for a crowd that waits for one object:
#   varnishd -f earshot.vcl -a :80 -p thread_pool_max=5000 -p thread_queue_limit=20000 -p timeout_linger=0 -s malloc,1G
vcl 4.1;

`;

const backend = (origin: EdgeOptions['origin']): string => `backend default {
    .host = "${origin.host.replace(/^\[|\]$/g, '')}";
    .port = "${origin.port}";
    .connect_timeout = 2s;
    # The origin holds a request for what does not exist yet up to 15 s.
    .first_byte_timeout = 20s;
    .between_bytes_timeout = 20s;
}

# A proxy on this machine (TLS, a second row) says who asked; Varnish adds what it sees to its list. Name others here.
acl nearby {
    "127.0.0.0"/8;
    "::1";
}

`;

/** Whether a request may be answered from the cache, and under which name. */
const receive = (): string => `sub vcl_recv {
    unset req.http.X-Earshot;
    # Who asks is what is seen, whatever a client wrote.
    unset req.http.X-Forwarded-Host;
    unset req.http.Forwarded;
    if (client.ip !~ nearby) {
        set req.http.X-Forwarded-For = client.ip;
        set req.http.X-Forwarded-Proto = "http";
    }
    # The path alone decides; of the query only some counts.
    set req.http.X-Path = regsub(req.url, "\\?.*$", "");
    if (req.method != "GET" && req.method != "HEAD") {
        return (pass);
    }
    # Endless: bytes go through as they come.
    if (req.http.X-Path ~ "${ENDLESS}") {
        return (pipe);
    }
${CLASSES.map(
  ({ id, path }) => `    if (req.http.X-Path ~ "${path}") { set req.http.X-Earshot = "${id}"; }`,
).join('\n')}
    if (req.http.X-Earshot == "page" && req.url ~ "${PERSONAL_QUERY.map((name) => `[?&]${name}=`).join('|')}") {
        unset req.http.X-Earshot;
    }
    if (!req.http.X-Earshot) {
        # Signalling is answered bit by bit, for hours.
        if (req.http.X-Path ~ "${BACKSTAGE}") {
            return (pipe);
        }
        return (pass);
    }
    unset req.http.Cookie;
    unset req.http.Authorization;
    # Pages come in two languages; the first that is named of them is the one that is wanted.
    if (req.http.X-Earshot == "page") {
        if (req.http.Accept-Language ~ "(?i)^([^fe]|f[^r]|e[^n])*fr") {
            set req.http.Accept-Language = "fr";
        } else {
            set req.http.Accept-Language = "en";
        }
    }
${query()}    # Old copies stand in for seconds while they are asked again; for as long as kept when the origin has just failed.
    if (req.restarts == 0) {
        set req.grace = 2s;
    } else {
        set req.grace = 24h;
    }
    return (hash);
}

`;

/** A playlist's query in one normal form. */
function query(): string {
  const { _HLS_msn: msn, _HLS_part: part, _HLS_skip: skip } = PLAYLIST_QUERY;
  return `    # Of the query only what names another object; random query strings are one object.
    if (req.http.X-Earshot == "playlist") {
        unset req.http.X-Query;
        if (req.url ~ "[?&]_HLS_msn=${msn}(&|$)") {
            set req.http.X-Query = "?_HLS_msn=" + regsub(req.url, "^.*[?&]_HLS_msn=(${msn})(&.*)?$", "\\1");
            if (req.url ~ "[?&]_HLS_part=${part}(&|$)") {
                set req.http.X-Query = req.http.X-Query + "&_HLS_part=" + regsub(req.url, "^.*[?&]_HLS_part=(${part})(&.*)?$", "\\1");
            }
        }
        if (req.url ~ "[?&]_HLS_skip=(${skip})(&|$)") {
            if (req.http.X-Query) {
                set req.http.X-Query = req.http.X-Query + "&_HLS_skip=YES";
            } else {
                set req.http.X-Query = "?_HLS_skip=YES";
            }
        }
        set req.url = req.http.X-Path + req.http.X-Query;
        unset req.http.X-Query;
    } else {
        set req.url = req.http.X-Path;
    }
`;
}

const PAGES = CLASSES.find(({ id }) => id === 'page')?.path ?? '';

const HASH_AND_PIPE = `sub vcl_hash {
    # The same bytes under every name, but for pages: they say where they are.
    hash_data(req.url);
    if (req.url ~ "${PAGES}") {
        hash_data(req.http.host);
    }
    return (lookup);
}

sub vcl_pipe {
    set bereq.http.Connection = "close";
    return (pipe);
}

`;

/** How long an answer of the origin is kept. */
const fetched = (): string => `sub vcl_backend_fetch {
    unset bereq.http.X-Path;
    # Hold music is decoded before it is answered.
    if (bereq.url ~ "${MUSIC}") {
        set bereq.first_byte_timeout = 120s;
    }
}

sub vcl_backend_response {
    if (!bereq.http.X-Earshot) {
        return (deliver);
    }
    unset beresp.http.Set-Cookie;
    if (beresp.status >= 500) {
        if (bereq.is_bgfetch) {
            return (abandon);
        }
        set beresp.ttl = 0s;
        set beresp.grace = 0s;
        return (deliver);
    }
    if (beresp.status >= 400) {
        # Not yet, or never: said again for half a second, so that a crowd asks once.
        set beresp.ttl = 500ms;
        set beresp.grace = 0s;
        return (deliver);
    }
    set beresp.grace = 60s;
    if (bereq.url ~ "${named('segment')}") {
        set beresp.grace = 24h;
    }
    return (deliver);
}

`;

const DELIVER = `sub vcl_deliver {
    # The origin is away: an old copy is better than a refusal.
    if (resp.status >= 500 && req.http.X-Earshot && req.restarts == 0) {
        return (restart);
    }
    if (obj.hits > 0) {
        set resp.http.X-Cache = "HIT";
    } else {
        set resp.http.X-Cache = "MISS";
    }
    unset resp.http.X-Varnish;
    unset resp.http.Via;
}
`;
