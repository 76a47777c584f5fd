import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { useConsole } from '../console/context.ts';

/** The hosts' desk of reports: fetched after everything that is needed on stage. */
export function ModerationCard() {
  const { isHost } = useConsole();
  const desk = useSignal<ComponentType | undefined>(undefined);
  useEffect(() => {
    if (!isHost.value || desk.value) return;
    import('./moderation-desk.tsx').then(
      (loaded) => {
        desk.value = loaded.default;
      },
      // The studio works without it, and the next visit tries again.
      () => undefined,
    );
  }, [isHost.value]);
  const Desk = desk.value;
  return isHost.value && Desk ? <Desk /> : null;
}
