import { find } from '../../http/index.ts';
import type { Defence, DefenceMeasure } from '../defence/defence.ts';
import { refererIn } from '../request/file-head.ts';
import type { Requester } from '../socket/connection.ts';

/** What the defence says of a request for a small public file. Its address is looked up only where it has to decide. */
export function measureFile(
  defence: Pick<Defence, 'measure'>,
  requester: Requester,
  { path, query, fields }: { readonly path: string; readonly query: string; readonly fields: string },
): DefenceMeasure {
  return defence.measure(requester, () => {
    const found = find(path);
    const target = query === '' ? path : `${path}?${query}`;
    return { address: found?.address, room: found?.room ?? '', target, referer: refererIn(fields) };
  });
}
