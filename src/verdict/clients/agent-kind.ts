import crawlers from 'crawler-user-agents';

/** What an agent calls itself: a browser or app, a program that says what it is, a library, a tool for load, nothing. */
export type AgentKind = 'browser' | 'declared' | 'library' | 'tool' | 'none';

/** Programs made for load or for finding weaknesses; nobody reads with them. */
const TOOL =
  /ApacheBench|\bSiege\b|\bwrk\b|h2load|slowhttptest|\bhey\/|\bk6\/|vegeta|locust|JMeter|GoldenEye|autocannon|bombardier|gatling|artillery|\boha\/|\bhulk\b|slowloris|sqlmap|nikto|nuclei|masscan|zgrab|wpscan|gobuster|ffuf|feroxbuster|dirbuster|dirsearch|wfuzz|nmap|hydra|acunetix|nessus|openvas|w3af|arachni|loic|hping/i;
/** Libraries and commands that many programs are written with, and that say nothing about who runs them. */
const LIBRARY =
  /^(?:curl|[wW]get|python|Python|aiohttp|httpx|Go-http-client|okhttp|Java|Apache-HttpClient|libwww|lwp|Ruby|node|undici|axios|Deno|Bun|PHP|Guzzle|Dalvik|reqwest|hyper|Scrapy|PostmanRuntime|got |HTTPie|Faraday|RestSharp|PowerShell|Mechanize|http_get|HttpUrlConnection)\b|HeadlessChrome|PhantomJS|python-requests|Go-http-client/;
/** Feed readers, monitors, previews and checks that name themselves; beside the public list. */
const DECLARED =
  /(?<!\bcu)bot\b|bot\/|crawl|spider|slurp|feed|rss|monitor|uptime|pingdom|statuscake|nagios|zabbix|prometheus|kube-probe|health|blackbox|GoogleHC|ELB-HealthChecker|preview|facebookexternalhit|archive|newsblur|inoreader|netnewswire|podcast|overcast|antennapod|Datadog|NewRelic|Site24x7|check_http|Mastodon|Pleroma|Misskey|Friendica|https?:\/\/|@/i;
const LISTED = new RegExp(crawlers.map(({ pattern }) => pattern).join('|'));
const MOST_LETTERS = 400;

/** What an agent calls itself. */
export function agentKind(agent: string): AgentKind {
  const name = agent.trim().slice(0, MOST_LETTERS);
  if (name === '') return 'none';
  if (TOOL.test(name)) return 'tool';
  if (LIBRARY.test(name)) return 'library';
  // Players of HLS and radio are listeners.
  if (
    /VLC|LibVLC|AppleCoreMedia|Lavf|ExoPlayer|stagefright|mpv|GStreamer|iTunes|foobar|Winamp|Sonos/i.test(
      name,
    )
  )
    return 'browser';
  if (DECLARED.test(name) || LISTED.test(name)) return 'declared';
  return 'browser';
}
