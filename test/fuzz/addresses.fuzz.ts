/** Request targets: finding an address, writing it as it should be, and what a query means. */
import type { IncomingMessage } from 'node:http';
import { soundFile } from '../../src/door/audience/file-hearing.ts';
import { PlaylistQueries } from '../../src/door/files/playlist-query.ts';
import { LIMITS } from '../../src/door/limits.ts';
import { toOriginForm } from '../../src/door/request/absolute-target.ts';
import { hasBody, headFault } from '../../src/door/request/head-fault.ts';
import { openTo } from '../../src/http/cors.ts';
import { ADDRESSES, canonical, find, stepsAside, takes } from '../../src/http/index.ts';
import { target } from './engine/target.ts';

const queries = new PlaylistQueries();

export default target({
  covers: [
    'src/http/address.ts',
    'src/http/addresses.ts',
    'src/http/canonical.ts',
    'src/http/cors.ts',
    'src/http/pattern.ts',
    'src/http/room-path.ts',
    'src/http/table.ts',
    'src/door/files/playlist-query.ts',
    'src/door/request/absolute-target.ts',
    'src/door/request/head-fault.ts',
  ],
  run(bytes) {
    const [line = '', host = ''] = bytes.toString('latin1').split('\n');
    const [method = '', url = ''] = line.split(' ');
    const req = {
      url,
      httpVersionMajor: 1,
      headers: { host },
      rawHeaders: ['Host', host],
    } as unknown as IncomingMessage;
    toOriginForm(req);
    headFault(req, LIMITS);
    hasBody(req);
    const [path = '', query = ''] = (req.url ?? '').split('?');
    const found = find(path);
    const better = canonical(path);
    stepsAside(path);
    soundFile(path);
    openTo(found?.address, method);
    if (found) takes(found.address, method);
    const means = queries.meaning(path, query);
    // A canonical form is found, is canonical itself, and steps nowhere.
    if (better !== undefined && (!find(better) || canonical(better) !== undefined || stepsAside(better)))
      throw new Error(`${path} becomes ${better}`);
    if (means !== queries.meaning(path, means))
      throw new Error(`${query} means ${means}, which means another thing`);
  },
  seeds: [
    ...ADDRESSES.flatMap(({ examples, methods }) => `${methods[0]} ${examples[0]}\nx.example:8080`),
    'GET /R/Hall/Live/Opus64.M3U8?_HLS_msn=7&_HLS_part=1&_HLS_skip=YES\n[::1]:1',
    'GET https://user@evil:99//r//hall/%2e%2e/%2e%2e/etc/passwd;a=b?x=1\nhost',
  ],
});
