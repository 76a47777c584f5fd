import {
  type AskedQuestion,
  type QuestionStanding,
  SHOWN_ANSWERED,
  SHOWN_QUESTIONS,
  SHOWN_WITHDRAWN,
  type ToldQuestions,
} from '../wire/interaction/questions.ts';

/** Questions of one room in all. When it has as many, the oldest hidden one makes room for a new one. */
export const MAX_QUESTIONS = 2_000;
/** Open questions of one device, and of one network, at once. */
export const MAX_OPEN_PER_DEVICE = 5;
/** See `MAX_OPEN_PER_DEVICE`. */
export const MAX_OPEN_PER_NETWORK = 200;
/** Votes of one room in all, which are kept so that nobody votes twice. */
export const MAX_VOTES = 100_000;
/** Votes for one question from one network. */
export const MAX_VOTES_PER_NETWORK = 600;
/** Votes in the whole room from one network: it leaves most of them to everybody else. */
export const MAX_ROOM_VOTES_PER_NETWORK = 10_000;

/** One question as its room keeps it. */
export interface KeptQuestion {
  readonly id: string;
  readonly text: string;
  readonly name?: string | undefined;
  /** Hash of the device's key. */
  readonly device: string;
  /** Where it came from; only to share the list between networks, never written down. */
  readonly network: string;
  readonly asked: number;
  standing: QuestionStanding;
  answered?: number | undefined;
  /** Set while a moderator's decision keeps it out of the list: where it was before. */
  before?: QuestionStanding | undefined;
  readonly voters: Set<string>;
  /** Votes by network, in memory alone. */
  readonly from: Map<string, number>;
}

/** Why a question or a vote was not taken; see the limits above. */
export type QuestionLimit = 'room' | 'device' | 'network' | 'votes' | 'gone';

/** What is asked, by whom. */
export interface Asked {
  readonly id: string;
  readonly text: string;
  readonly name?: string | undefined;
  readonly device: string;
  readonly network: string;
}

/** What everybody is shown of a list. */
type ListShown = Pick<ToldQuestions, 'waiting' | 'questions' | 'answered' | 'withdrawn'>;

/** The questions of one room: asked, voted for, answered, hidden. */
export class QuestionList {
  readonly #all = new Map<string, KeptQuestion>();
  readonly #votes = { count: 0, from: new Map<string, number>() };
  #shown: ListShown | undefined;

  /** Every question, in the order in which they were asked. */
  all(): Iterable<KeptQuestion> {
    return this.#all.values();
  }

  get(id: string): KeptQuestion | undefined {
    return this.#all.get(id);
  }

  /** Open questions. */
  get waiting(): number {
    let count = 0;
    for (const { standing } of this.#all.values()) if (standing === 'open') count += 1;
    return count;
  }

  /** Asks one. The same words of the same device are the same question: a form that is sent twice changes nothing. */
  ask({ id, text, name, device, network }: Asked, at: number): KeptQuestion | QuestionLimit {
    let [mine, near] = [0, 0];
    for (const other of this.#all.values()) {
      if (other.device === device && other.text === text && other.standing === 'open') return other;
      if (other.standing !== 'open') continue;
      if (other.device === device) mine += 1;
      if (other.network === network) near += 1;
    }
    if (mine >= MAX_OPEN_PER_DEVICE) return 'device';
    if (near >= MAX_OPEN_PER_NETWORK) return 'network';
    if (!this.#hasRoom()) return 'room';
    const question: KeptQuestion = {
      ...{ id, text, name, device, network, asked: at, standing: 'open' },
      ...{ voters: new Set(), from: new Map() },
    };
    this.#all.set(id, question);
    this.#shown = undefined;
    return question;
  }

  /** Takes a question as it was before a restart. */
  restore(question: KeptQuestion): void {
    if (!this.#hasRoom()) return;
    this.#all.set(question.id, question);
    this.#shown = undefined;
  }

  /** True while there is a place: what hosts have hidden gives its own away, so that nobody can fill a room for good. */
  #hasRoom(): boolean {
    if (this.#all.size < MAX_QUESTIONS) return true;
    for (const { id, standing, voters } of this.#all.values())
      if (standing === 'hidden') {
        this.#votes.count -= voters.size;
        return this.#all.delete(id);
      }
    return false;
  }

  /** Votes once for a question: true when that is new. */
  vote(id: string, device: string, network: string): boolean | QuestionLimit {
    const question = this.#all.get(id);
    if (!question || question.standing === 'hidden') return 'gone';
    // Who asked it wants it answered: that is no vote.
    if (question.voters.has(device) || question.device === device) return false;
    if (this.#votes.count >= MAX_VOTES) return 'votes';
    const near = question.from.get(network) ?? 0;
    const all = this.#votes.from.get(network) ?? 0;
    if (network !== '' && (near >= MAX_VOTES_PER_NETWORK || all >= MAX_ROOM_VOTES_PER_NETWORK))
      return 'network';
    question.voters.add(device);
    question.from.set(network, near + 1);
    this.#votes.from.set(network, all + 1);
    this.#votes.count += 1;
    this.#shown = undefined;
    return true;
  }

  /** Changes where a question is; false when it was there already. */
  turn(question: KeptQuestion, standing: QuestionStanding, at: number): boolean {
    if (question.standing === standing) return false;
    question.standing = standing;
    question.answered = standing === 'answered' ? at : undefined;
    this.#shown = undefined;
    return true;
  }

  /** Takes a question out of the list for a decision, or gives it back: then it is where it was. */
  withdraw(question: KeptQuestion, isOut: boolean, at: number): void {
    const back = question.before ?? 'open';
    question.before = isOut ? question.standing : undefined;
    this.turn(question, isOut ? 'hidden' : back, at);
    this.#shown = undefined;
  }

  /** What everybody is shown; put in order once after each change, however many pages ask. */
  shown(): ListShown {
    this.#shown ??= this.#ordered();
    return this.#shown;
  }

  #ordered(): ListShown {
    const by = (wanted: QuestionStanding): KeptQuestion[] =>
      [...this.#all.values()].filter(({ standing }) => standing === wanted);
    const open = by('open').sort((a, b) => b.voters.size - a.voters.size || a.asked - b.asked);
    const answered = by('answered').sort((a, b) => (b.answered ?? 0) - (a.answered ?? 0));
    const withdrawn = [...this.#all.values()].filter(({ before }) => before !== undefined);
    return {
      waiting: open.length,
      questions: open.slice(0, SHOWN_QUESTIONS).map(shownOf),
      answered: answered.slice(0, SHOWN_ANSWERED).map(shownOf),
      ...(withdrawn.length > 0 ? { withdrawn: withdrawn.slice(-SHOWN_WITHDRAWN).map(({ id }) => id) } : {}),
    };
  }

  /** What hosts have taken out of the list. */
  hidden(): AskedQuestion[] {
    return [...this.#all.values()].filter(({ standing }) => standing === 'hidden').map(shownOf);
  }
}

/** A question without whoever asked it and voted for it. */
export const shownOf = ({ id, text, name, voters, asked, answered }: KeptQuestion): AskedQuestion => ({
  ...{ id, text, votes: voters.size, asked },
  ...(name === undefined ? {} : { name }),
  ...(answered === undefined ? {} : { answered }),
});
