import { useConsole } from '../console/context.ts';
import { Curtain } from './curtain.tsx';
import { MuteBar } from './mute-bar.tsx';

/** The front edge of the console, always visible: the host's buttons, and one's own microphone. */
export function Front() {
  const { phase, isHost } = useConsole();
  const stage = phase.value === 'stage';
  if (!stage && !isHost.value) return null;
  return (
    <div class={stage ? 'front' : 'front check'}>
      {isHost.value && <Curtain />}
      {stage && <MuteBar />}
    </div>
  );
}
