/** What a request asks for. */
export type TargetKind =
  | 'page'
  | 'asset'
  | 'file'
  | 'playlist'
  | 'segment'
  | 'api'
  | 'feed'
  | 'probe'
  | 'login';

const EXTENSION = /\.([a-z0-9]{1,8})$/i;
const ASSETS = new Set(
  'css js mjs cjs map png jpg jpeg gif svg ico webp avif bmp woff woff2 ttf otf eot webmanifest wasm cur swf'.split(
    ' ',
  ),
);
const FILES = new Set(
  'pdf zip gz tgz xz bz2 7z rar tar exe dmg deb rpm iso apk mp4 webm mov mp3 ogg flac wav mkv txt csv'.split(
    ' ',
  ),
);
const SEGMENTS = new Set('ts m4s m4a m4v aac cmfa cmfv cmft vtt'.split(' '));

const PROBE =
  /\/\.(?:env|git|svn|aws|ssh|hg|htpasswd|htaccess|DS_Store|vscode)|\.\.(?:\/|%2f|%5c)|%2e%2e|\/etc\/passwd|phpmyadmin|\/pma\b|\/cgi-bin\/(?:luci|php|\.|%2e)|\/vendor\/phpunit|\/boaform|\/HNAP1|\/solr\/admin|\/actuator\/(?!health|info|prometheus)|\/manager\/html|\/wp-config|\/config\.(?:php|yml|inc)|\/shell(?:[./]|$)|\/eval-stdin|\/\.well-known\/\.|\/GponForm|\/invoker\/|\/_ignition|\/telescope|\/druid\/|\/struts|\.(?:bak|sql|old|swp|orig)$|<script|union(?:\+|%20)select|\/adminer|\/setup\.php|\/backups?(?:[./]|$)|jndi:|wp-content\/plugins\/[^/]+\/readme/i;
const LOGIN = /(?:^|[/_-])(?:log-?in|sign-?in|logon|wp-login\.php|xmlrpc\.php|authenticate)(?:[/.?]|$)/i;
const API =
  /(?:^|\/)(?:api|graphql|rpc|ajax|wp-json|rest|v\d+|ws|socket\.io|beacon|metrics|healthz?|ping)(?:\/|$)|\.(?:json|jsonl|asmx|ashx)$/i;
const FEED = /(?:^|\/)(?:feed|rss|atom|index\.rdf|sitemap)[^/]*\/?$|\.(?:rss|atom|rdf|xml|ics)$/i;
const STREAM =
  /\/(?:stream|radio\.[a-z0-9]+|live\/[^/]+\.mp4|seg(?:ment)?[-_/]?\d*|chunk[-_]?\d+[^/]*|init[^/]*\.mp4)$/i;

/** What the path of a request (without its query) asks for, by its form alone. */
export function targetKind(path: string): TargetKind {
  if (PROBE.test(path)) return 'probe';
  if (STREAM.test(path)) return 'segment';
  const extension = EXTENSION.exec(path)?.[1]?.toLowerCase();
  if (extension !== undefined) {
    if (ASSETS.has(extension)) return 'asset';
    if (extension === 'm3u8' || extension === 'mpd') return 'playlist';
    if (SEGMENTS.has(extension)) return 'segment';
    if (FILES.has(extension) && path !== '/robots.txt') return 'file';
  }
  if (LOGIN.test(path)) return 'login';
  if (FEED.test(path) || path === '/robots.txt') return 'feed';
  if (API.test(path)) return 'api';
  return 'page';
}

const PAYLOAD =
  /union(?:\+|%20|\/\*.*\*\/)+(?:all(?:\+|%20)+)?select|<script|%3cscript|\.\.(?:\/|%2f)|%2e%2e%2f|etc(?:\/|%2f)passwd|(?:sleep|benchmark|pg_sleep|extractvalue)(?:\(|%28)|waitfor(?:\+|%20)delay|xp_cmdshell|(?:\+|%20)(?:or|and)(?:\+|%20)+\d+(?:=|%3d)\d+|acunetix|appscan|netsparker|onerror(?:=|%3d)|jndi(?::|%3a)|cmd\.exe|win\.ini|allow_url_include/i;

/** True for a query that tries to break a program: SQL, script, paths out of the folder. */
export const isPayload = (query: string): boolean => PAYLOAD.test(query);

/** Parameters whose values are new for each click, session or part by design. */
const BY_DESIGN =
  /^(?:fbclid|gclid|gbraid|wbraid|dclid|msclkid|twclid|ttclid|igshid|mc_[a-z]+|utm_\w+|_ga|_gl|phpsessid|jsessionid|sid|token|sig|signature|expires|key|hash|v|ver|rev|_hls_\w+|cmcd|after|since|cursor|state|code|nonce|id|page|p|lang)$/i;
const MOST_PARAMETERS = 4;

/** True for a value that nobody typed and no page links to: a long number, or letters and digits without order. */
function randomValue(value: string): boolean {
  if (value.length < 4 || value.length > 80) return false;
  if (/^\d+$/.test(value)) return value.length >= 5;
  if (/^0?\.\d{5,}$/.test(value)) return true;
  if (!/^[A-Za-z0-9]+$/.test(value)) return false;
  let changes = 0;
  let vowels = 0;
  for (let i = 0; i < value.length; i++) {
    if (/[aeiouyAEIOUY]/.test(value[i] ?? '')) vowels++;
    if (i > 0 && classOf(value, i) !== classOf(value, i - 1)) changes++;
  }
  return changes >= 3 || (value.length >= 6 && vowels / value.length < 0.16) || /^[A-Z]{5,}$/.test(value);
}

const classOf = (text: string, at: number): number => {
  const code = text.charCodeAt(at);
  return code < 58 ? 0 : code < 91 ? 1 : 2;
};

/** True when a query looks as if it was made to be new: a name or value without order, or a bare number. */
export function randomQuery(query: string): boolean {
  let seen = 0;
  for (const part of query.split('&')) {
    if (++seen > MOST_PARAMETERS) break;
    const equals = part.indexOf('=');
    const name = equals < 0 ? part : part.slice(0, equals);
    if (BY_DESIGN.test(name)) continue;
    if (equals < 0 ? randomValue(name) : randomValue(part.slice(equals + 1)) || randomName(name)) return true;
  }
  return false;
}

const randomName = (name: string): boolean =>
  name.length >= 3 && !/^\d+$/.test(name) && randomValue(name.padEnd(5, name));
