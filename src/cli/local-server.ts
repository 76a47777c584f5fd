import { randomUUID } from 'node:crypto';
import { EarshotError } from '../base/errors.ts';
import { asSlug, asSpeakerId } from '../base/ids.ts';
import type { Config } from '../config/index.ts';
import { readSecret } from '../keys/secret.ts';
import { LOCAL_GENERATION, openTokens } from '../keys/token.ts';
import { certificateOf } from '../role/certificate-files.ts';
import { paths } from '../role/paths.ts';

/** Where the server of this configuration answers on this machine: in plain HTTP, also when its port speaks TLS. */
export function serverAddress(config: Config): string {
  const host = config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : config.host;
  return `http://${inAddress(host)}:${config.port}`;
}

/** The address people use, without a slash at its end: the public one, or this machine's. */
export function publicAddress(config: Config): string {
  const any = config.host === '0.0.0.0' || config.host === '::';
  const host = any ? 'localhost' : inAddress(config.host);
  return config.publicUrl || `http${certificateOf(config) ? 's' : ''}://${host}:${config.port}`;
}

/** A host as written in an address: IPv6 in brackets. Spec: RFC 3986, 3.2.2. */
export const inAddress = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/**
 * The server that `--url` names, without a slash at its end; undefined when it names none.
 * @throws EarshotError `unprocessable` when it is not an http or https address.
 */
export function givenAddress(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new EarshotError(
      'unprocessable',
      `--url: "${url}" is not an address such as http://localhost:8080`,
    );
  return url.replace(/\/+$/, '');
}

/**
 * A token signed with the secret of the data folder, for what an operator on the same machine may always do.
 * @throws EarshotError `unprocessable` when `room` is not a slug.
 */
export async function signLocally(
  config: Config,
  room: string,
  role: 'host' | 'speaker',
  name: string,
): Promise<string> {
  const slug = asSlug(room);
  const speaker = asSpeakerId(`cli-${randomUUID().slice(0, 8)}`);
  if (!slug || !speaker) throw new EarshotError('unprocessable', `"${room}" is not the address of a room`);
  return openTokens(readSecret(paths(config.data).secret)).sign({
    ...{ slug, role, speaker, name },
    generation: LOCAL_GENERATION,
  });
}
