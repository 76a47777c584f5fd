import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { useConsole } from '../console/context.ts';
import { type AbuseToHosts, type DecisionToHosts, openModerationFeed } from './moderation-feed.ts';
import { AbuseItem, HeldItem } from './moderation-items.tsx';
import { ModerationLog } from './moderation-log.tsx';
import { moderationDeskWords } from './moderation-words.ts';
import './moderation.css';

/** How often the list is read, ms: reports are few, and whoever writes one waits for a person. */
const LOOK_MS = 15_000;

/** What people report about a room, and what its hosts do about it. */
export default function ModerationDesk() {
  const { link, settings } = useConsole();
  const words = moderationDeskWords(settings.language.value);
  const feed = useMemo(() => openModerationFeed(link.slug, () => link.token), [link]);
  const open = useSignal<readonly AbuseToHosts[] | undefined>(undefined);
  const inForce = useSignal<readonly DecisionToHosts[]>([]);
  const said = useSignal<{ readonly text: string; readonly notice?: string | undefined }>({ text: '' });
  /** Another one for each thing that was done here: the log is read again. */
  const acts = useSignal(0);
  const look = async (): Promise<void> => {
    const [reports, decisions] = await Promise.all([feed.reports(), feed.decisions()]);
    if (reports) open.value = reports;
    if (decisions) inForce.value = decisions;
  };
  useEffect(() => {
    void look();
    const timer = setInterval(() => void (document.hidden || look()), LOOK_MS);
    return () => clearInterval(timer);
  }, [feed]);
  const act = async (path: string, body: object): Promise<boolean> => {
    const done = await feed.act(path, body);
    said.value =
      typeof done === 'string'
        ? { text: done === '' ? words.away : done }
        : { text: words.done, notice: done.notice };
    await look();
    acts.value += 1;
    return typeof done !== 'string';
  };
  const list = open.value;
  return (
    <section class="moderation-desk card" aria-label={words.title}>
      <h2>
        {words.title} <span class="figure">{list?.length ?? ''}</span>
      </h2>
      <p class="small ash">{words.lead}</p>
      <p class="small" role="status">
        {said.value.text}{' '}
        {said.value.notice && (
          <a href={said.value.notice} target="_blank" rel="noreferrer">
            {words.notice}
          </a>
        )}
      </p>
      {list === undefined && <p class="small ash">{words.away}</p>}
      {list?.length === 0 && <p class="small ash">{words.none}</p>}
      {list?.map((one) => (
        <AbuseItem key={one.id} one={one} words={words} act={(body) => act(`reports/${one.id}`, body)} />
      ))}
      {inForce.value.length > 0 && <h3>{words.inForce}</h3>}
      {inForce.value.map((one) => (
        <HeldItem
          key={one.id}
          one={one}
          words={words}
          act={(body) => act(`decisions/${one.id}/lift`, body)}
        />
      ))}
      <ModerationLog feed={feed} words={words} acts={acts.value} />
    </section>
  );
}
