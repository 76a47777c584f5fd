import { localHost } from '../../kit/local-address.ts';
import { useWords } from '../console/context.ts';

/** Says beside a link that it works on this computer only, where that is so; `brief` leaves out what to do about it. */
export function LocalNote({ url, brief }: { url: string; brief?: boolean }) {
  const words = useWords();
  const host = localHost(url);
  return host === undefined ? null : (
    <p class="small ochre">{brief ? words.localBrief : words.localOnly(host)}</p>
  );
}
