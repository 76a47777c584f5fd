import { useConsole, useWords } from '../console/context.ts';
import { PersonMenu } from './person-menu.tsx';

/** The people who hear the stage without being on it; a host can remove them. */
export function Ears() {
  const { room, isHost } = useConsole();
  const words = useWords();
  const ears = room.ears.value;
  const you = room.me.value.id;
  if (ears.length === 0) return null;
  return (
    <section class="ears" aria-label={words.ears}>
      <h2 class="small ash">{words.ears}</h2>
      <ul>
        {ears.map((ear) => (
          <li key={ear.id} data-ear={ear.id}>
            <span dir="auto">{ear.name}</span>
            {ear.id === you && <span class="ash"> ({words.you})</span>}
            {isHost.value && ear.id !== you && <PersonMenu person={ear} you={false} ear />}
          </li>
        ))}
      </ul>
    </section>
  );
}
