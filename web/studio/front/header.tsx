import { otherTheme } from '../../kit/theme.ts';
import { useConsole, useWords } from '../console/context.ts';
import { Icon, Sign } from '../controls/icons.tsx';

/** The header: which room this is, and whether it is on air. */
export function Header() {
  const { room, settings, dialog, standing, phase } = useConsole();
  const words = useWords();
  const now = standing.value;
  const turn = () => {
    settings.theme.value = otherTheme(settings.theme.value);
  };
  const other = settings.language.value === 'fr' ? 'en' : 'fr';
  return (
    <header class="studio-head">
      <span class="home">
        <Sign />
      </span>
      <div class="studio-title">
        <p class="small ash">{words.studio}</p>
        <h1 dir="auto">{room.title.value}</h1>
      </div>
      {/* A link that was refused gets no news of the room: there is nothing to say, and nothing reconnects. */}
      {phase.value !== 'bad-link' && phase.value !== 'removed' && (
        <p class={`mark${now === 'live' ? ' live' : ''}`} role="status">
          {words.standing[now]}
        </p>
      )}
      <nav class="studio-tools" aria-label={words.studio}>
        <button
          type="button"
          class="button quiet bare"
          lang={other}
          onClick={() => {
            settings.language.value = other;
          }}
        >
          {other === 'fr' ? 'Français' : 'English'}
        </button>
        <button
          type="button"
          class="button quiet bare"
          aria-label={words.theme}
          title={words.theme}
          onClick={turn}
        >
          <Icon name="light" />
        </button>
        <button
          type="button"
          class="button quiet bare keys"
          onClick={() => {
            dialog.value = 'keys';
          }}
        >
          <kbd>?</kbd> {words.keys}
        </button>
      </nav>
    </header>
  );
}
