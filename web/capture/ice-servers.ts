/**
 * The ICE servers of `Link` headers, at most 8.
 *
 * Spec: RFC 9725, 4.6 (`rel="ice-server"`, `username`, `credential`, `credential-type`).
 */
export function iceServersOf(link: string | null): RTCIceServer[] {
  if (!link) return [];
  const servers: RTCIceServer[] = [];
  for (const part of splitOutsideQuotes(link, ',')) {
    const target = /^\s*<([^>]+)>/.exec(part);
    const urls = target?.[1];
    if (!urls || !/^(stuns?|turns?):/i.test(urls)) continue;
    const values = new Map<string, string>();
    for (const piece of splitOutsideQuotes(part.slice(target[0].length), ';')) {
      const found = /^\s*([a-z-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]*))/i.exec(piece);
      if (found?.[1]) values.set(found[1].toLowerCase(), found[2]?.replace(/\\(.)/g, '$1') ?? found[3] ?? '');
    }
    if (!(values.get('rel') ?? '').split(/\s+/).includes('ice-server')) continue;
    const username = values.get('username');
    const credential = values.get('credential');
    if (/^turn/i.test(urls) && (username === undefined || credential === undefined)) continue;
    servers.push({
      urls,
      ...(username === undefined ? {} : { username }),
      ...(credential === undefined ? {} : { credential }),
    });
    if (servers.length === 8) break;
  }
  return servers;
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let quoted = false;
  let angled = false;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted && c === '\\') i++;
    else if (c === '"') quoted = !quoted;
    else if (!quoted && c === '<') angled = true;
    else if (!quoted && c === '>') angled = false;
    else if (!quoted && !angled && c === separator) {
      parts.push(text.slice(from, i));
      from = i + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}
