import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useConsole } from '../console/context.ts';
import type { LogLineToHosts, ModerationFeed } from './moderation-feed.ts';
import { type ModerationDeskWords, momentOf } from './moderation-words.ts';

interface LogOfRoom {
  readonly feed: ModerationFeed;
  readonly words: ModerationDeskWords;
  /** Another one when something was done: the log is read again. */
  readonly acts: number;
}

/** What was done in this room; read when somebody opens it. */
export function ModerationLog({ feed, words, acts }: LogOfRoom) {
  const { settings } = useConsole();
  const open = useSignal(false);
  const lines = useSignal<readonly LogLineToHosts[] | undefined>(undefined);
  const next = useSignal<string | undefined>(undefined);
  const read = async (cursor?: string): Promise<void> => {
    const page = await feed.log(cursor);
    if (!page) return;
    lines.value = cursor === undefined ? page.lines : [...(lines.value ?? []), ...page.lines];
    next.value = page.next;
  };
  useEffect(() => {
    if (open.value) void read();
  }, [open.value, acts]);
  return (
    <details
      class="moderation-log"
      onToggle={(event) => {
        open.value = event.currentTarget.open;
      }}
    >
      <summary>{words.log}</summary>
      <p class="small ash">{words.logLead}</p>
      {lines.value === undefined && <p class="small ash">{words.away}</p>}
      {lines.value?.length === 0 && <p class="small ash">{words.logEmpty}</p>}
      <ol>
        {lines.value?.map((line) => (
          <li key={line.id}>
            <strong>{words.did(line.act)}</strong> <bdi>{line.name}</bdi>
            {line.reason && (
              <>
                <br />
                <span dir="auto">{line.reason}</span>
              </>
            )}
            <br />
            <span class="small ash">
              <time dateTime={line.at}>{momentOf(line.at, settings.language.value)}</time> ·{' '}
              {words.roles[line.role]} {line.by && <bdi>{line.by}</bdi>}
            </span>
          </li>
        ))}
      </ol>
      {next.value && (
        <button type="button" class="button quiet" onClick={() => void read(next.value)}>
          {words.older}
        </button>
      )}
    </details>
  );
}
