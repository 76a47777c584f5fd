import { useConsole, useWords } from '../console/context.ts';
import { Dialog } from '../controls/dialog.tsx';

/** The list of keyboard shortcuts. */
export function CheatSheet() {
  const { cheat, ...words } = useWords();
  const host = useConsole().isHost.value;
  const you: [string, string][] = [
    ['M', cheat.m],
    ['␣', cheat.space],
    ['P', cheat.p],
    ['D', cheat.d],
    ['S', cheat.s],
  ];
  const person: [string, string][] = [['1–9', cheat.digits]];
  const { cheat: raised } = words.hands;
  if (host) person.push(['K', cheat.k], ['H', cheat.h], ['R', cheat.r], ['T', raised.t], ['O', raised.o]);
  const room: [string, string][] = [];
  if (host) room.push(['L', cheat.l], ['I', cheat.i], ['E', cheat.e]);
  const hands: [string, string][] = [
    ['Q', raised.q],
    ['A', raised.a],
    ['B', raised.b],
    ['X', raised.x],
  ];
  room.push(['?', cheat.question], ['Esc', cheat.esc]);
  return (
    <Dialog title={words.cheatTitle}>
      <div class="cheat">
        <Keys title={words.cheatYou} keys={you} />
        <Keys title={words.cheatPerson} keys={person} />
        <Keys title={words.cheatRoom} keys={room} />
        {host && <Keys title={words.hands.title} keys={hands} />}
      </div>
    </Dialog>
  );
}

function Keys({ title, keys }: { title: string; keys: [string, string][] }) {
  return (
    <section>
      <h3>{title}</h3>
      <dl>
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
