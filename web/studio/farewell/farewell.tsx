import { useConsole } from '../console/context.ts';
import { Sign } from '../controls/icons.tsx';
import type { Link } from '../link/link.ts';
import type { StudioWords } from '../words/words.ts';
import { EndCard } from './end-card.tsx';

/** A page of a few sentences, for visits that are over or cannot begin. */
export function Plain(props: {
  title: string;
  text: string;
  href?: string;
  link?: string;
  /** Where hosts whose account has the room sign in. */
  signIn?: { href: string; link: string };
  act?: () => void;
  label?: string;
}) {
  return (
    <section class="plain">
      <Sign />
      <h1 tabIndex={-1}>{props.title}</h1>
      <p>{props.text}</p>
      <p class="row">
        {props.act && (
          <button type="button" class="button" onClick={props.act}>
            {props.label}
          </button>
        )}
        {props.href && (
          <a class={props.act ? 'button quiet' : 'button'} href={props.href}>
            {props.link}
          </a>
        )}
        {props.signIn && (
          <a class="button quiet" href={props.signIn.href}>
            {props.signIn.link}
          </a>
        )}
      </p>
    </section>
  );
}

/** The page for somebody without a token; `known` is the link that this device remembers. */
export function NoLink({
  link,
  words,
  known,
}: {
  link: Link;
  words: StudioWords;
  known: string | undefined;
}) {
  const listen = {
    ...{ href: `/r/${link.slug}`, link: words.listenInstead },
    signIn: { href: `/sign-in?next=/r/${link.slug}/studio`, link: words.signIn },
  };
  const flawed = link.flaw && { title: words.badLinkTitle, text: words.badLink[link.flaw] ?? '' };
  if (!known)
    return <Plain {...(flawed ?? { title: words.noLinkTitle, text: words.noLinkText })} {...listen} />;
  const open = (): void => location.assign(known);
  return (
    <Plain
      {...(flawed ?? { title: words.knownLinkTitle, text: words.knownLinkText })}
      act={open}
      label={words.knownLinkOpen}
      {...listen}
    />
  );
}

/** The page of a visit that is over, or that cannot begin. */
export function Farewell() {
  const { phase, words: signal, room, removedBy, join, link, isHost, recording } = useConsole();
  const words = signal.value;
  const href = `/r/${link.slug}`;
  const listen = { href, link: words.listenInstead };
  if (phase.value === 'removed')
    return <Plain title={words.removedTitle} text={words.removedText(removedBy.value ?? '')} {...listen} />;
  if (phase.value === 'left')
    return (
      <Plain
        title={words.leftTitle}
        text={words.leftText}
        act={() => join()}
        label={words.comeBack}
        {...listen}
      />
    );
  if (phase.value === 'over') {
    if (room.status.value === 'cancelled')
      return (
        <Plain
          title={words.cancelledTitle}
          text={isHost.value ? words.cancelledHost : words.cancelledText}
          href="/"
          link={words.toHome}
        />
      );
    if (isHost.value) return <EndCard />;
    if (recording.removed.value)
      return <Plain title={words.endedTitle} text={words.recordingRemoved} href="/" link={words.toHome} />;
    return <Plain title={words.endedTitle} text={words.endedText} href={href} link={words.replay} />;
  }
  const feed = room.state.value;
  const why = feed.at === 'refused' ? feed.why : undefined;
  const code = room.contact.value === 'unknown' ? 'room-unknown' : (link.flaw ?? why?.code ?? '');
  return (
    <Plain
      title={words.badLinkTitle}
      text={words.badLink[code] ?? words.refused(why?.detail || code)}
      {...listen}
    />
  );
}
