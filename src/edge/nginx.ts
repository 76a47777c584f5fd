import { CLASSES, ENDLESS, MUSIC, MUSIC_MB, PERSONAL_QUERY, type UrlClass } from './classes.ts';
import type { EdgeOptions } from './options.ts';

/** A file for nginx's `conf.d` (1.18 or newer): it goes inside `http { }`. */
export function nginx({ origin, listen, folder, megabytes }: EdgeOptions): string {
  return `# Earshot behind nginx. Written by \`earshot edge nginx\`; write it again rather than edit it.
# nginx looks every 500 ms whether what it waits for has come: segments and slow playlists bear that and are fetched
# once for all who ask; parts of 640 ms and blocking playlists do not, and go to the origin for each who asks in the
# same moment. Where many low-latency players come, put Varnish in front of them instead.
proxy_cache_path ${folder} levels=1:2 keys_zone=earshot:32m max_size=${megabytes}m inactive=1h use_temp_path=off;

upstream earshot_origin {
    server ${origin.host}:${origin.port} max_fails=0;
    keepalive 64;
}

# One key for each coding that the origin speaks, whatever a client writes.
map $http_accept_encoding $earshot_coding {
    default "";
    "~*(^|[, ])gzip($|[,; ]).*[, ]br($|[,; ])" "br, gzip";
    "~*(^|[, ])br($|[,; ]).*[, ]gzip($|[,; ])" "br, gzip";
    "~*(^|[, ])br($|[,; ])" br;
    "~*(^|[, ])gzip($|[,; ])" gzip;
}

# Pages come in two languages; the first that is named of them is the one that is wanted.
map $http_accept_language $earshot_language {
    default en;
    "~*^([^fe]|f[^r]|e[^n])*fr" fr;
}

# Of the query only what names another object; random query strings are one object.
map "$arg__HLS_msn/$arg__HLS_part/$arg__HLS_skip" $earshot_query {
    default "";
    "~^(?<msn>[0-9]{1,10})/(?<part>[0-9]{1,2})/(YES|v2)$" "?_HLS_msn=$msn&_HLS_part=$part&_HLS_skip=YES";
    "~^(?<msn>[0-9]{1,10})/(?<part>[0-9]{1,2})/" "?_HLS_msn=$msn&_HLS_part=$part";
    "~^(?<msn>[0-9]{1,10})//(YES|v2)$" "?_HLS_msn=$msn&_HLS_skip=YES";
    "~^(?<msn>[0-9]{1,10})//" "?_HLS_msn=$msn";
    "~^//(YES|v2)$" "?_HLS_skip=YES";
}

# A page for one person keeps its query; for everyone else it has none.
map "${PERSONAL_QUERY.map((name) => `$arg_${name}`).join('')}" $earshot_personal {
    default "?$args";
    "" "";
}

server {
${listens(listen)}
    # Every name that no other server of this nginx has: the page of a fresh installation gives way, other sites do not.
    server_name ~.;
    proxy_http_version 1.1;
    proxy_connect_timeout 2s;
    client_max_body_size 1m;

${CLASSES.map(location).join('\n')}
    # Endless: each write of the origin goes out at once, for hours.
    location ~ "${ENDLESS}" {
${ON_ITS_OWN}
        tcp_nodelay on;
        proxy_read_timeout 60s;
        proxy_pass http://earshot_origin;
    }

    # A host's own hold music: ${MUSIC_MB} MB at most, and what is around it.
    location ~ "${MUSIC}" {
${ON_ITS_OWN}
        client_max_body_size ${MUSIC_MB + 1}m;
        proxy_request_buffering off;
        proxy_read_timeout 2m;
        proxy_pass http://earshot_origin;
    }

    # Everything else belongs to one person: rooms, signalling, tickets, downloads. Never kept, never held back.
    location / {
${ON_ITS_OWN}
        proxy_request_buffering off;
        proxy_read_timeout 1h;
        proxy_pass http://earshot_origin;
    }
}
`;
}

/**
 * The client's address as this program sees it, in every location: one `proxy_set_header` there cancels all inherited
 * ones.
 */
const WHO = [
  'proxy_set_header Host $http_host;',
  'proxy_set_header X-Forwarded-For $remote_addr;',
  'proxy_set_header X-Forwarded-Proto $scheme;',
  'proxy_set_header X-Forwarded-Host "";',
  'proxy_set_header Forwarded "";',
];

const ON_ITS_OWN = [
  'proxy_cache off;',
  'proxy_buffering off;',
  'proxy_set_header Connection "";',
  ...WHO,
  'proxy_next_upstream off;',
]
  .map((line) => `        ${line}`)
  .join('\n');

function location(kind: UrlClass): string {
  const { id, what, path, query, collapse, blocks, text } = kind;
  const args = query === 'playlist' ? '$earshot_query' : '';
  const lines = [
    'proxy_cache earshot;',
    // Before any Vary: the key already says the coding.
    `proxy_cache_key $uri${args}${text ? '|$earshot_coding' : ''}${id === 'page' ? '|$earshot_language|$http_host' : ''};`,
    ...(id === 'page' ? ['proxy_set_header Accept-Language $earshot_language;'] : []),
    'proxy_ignore_headers Vary;',
    `proxy_set_header Accept-Encoding ${text ? '$earshot_coding' : '""'};`,
    'proxy_set_header Connection "";',
    ...WHO,
    'proxy_set_header Cookie "";',
    'proxy_set_header Authorization "";',
    'proxy_hide_header Set-Cookie;',
    'proxy_cache_use_stale error timeout http_500 http_502 http_503 http_504;',
    'proxy_cache_background_update on;',
    'proxy_cache_revalidate on;',
    ...(collapse ? ['proxy_cache_lock on;', 'proxy_cache_lock_timeout 5s;', 'proxy_cache_lock_age 5s;'] : []),
    `proxy_read_timeout ${blocks ? 20 : 16}s;`,
    'add_header X-Cache $upstream_cache_status always;',
    ...(id === 'page' ? ['proxy_cache_bypass $earshot_personal;', 'proxy_no_cache $earshot_personal;'] : []),
    `proxy_pass http://earshot_origin$uri${id === 'page' ? '$earshot_personal' : args};`,
  ];
  return `    # ${what}
    location ~ "${path}" {
${lines.map((line) => `        ${line}`).join('\n')}
    }
`;
}

/** Listens on every address of both families, unless one is named. */
const listens = (listen: string): string =>
  /^\d+$/.test(listen)
    ? `    # A machine without IPv6 refuses the second line: write this file with --listen 0.0.0.0:${listen} there.
    listen ${listen};
    listen [::]:${listen};`
    : `    listen ${listen};`;
