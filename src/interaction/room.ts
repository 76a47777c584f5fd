import { randomBytes } from 'node:crypto';
import type { ErrorCode } from '../base/errors.ts';
import type { Grant } from '../keys/token.ts';
import type {
  HostQuestions,
  InteractionAct,
  OwnWithdrawal,
  Pin,
  QuestionStanding,
  QuestionsTold,
  QuestionWithdrawal,
  ToldQuestions,
} from '../wire/interaction/questions.ts';
import type { ReactionCounts } from '../wire/interaction/reactions.ts';
import type { Mark } from '../wire/mark.ts';
import type { RefusalFacts } from '../wire/refusal-facts.ts';
import type { RoomCard, RoomState } from '../wire/room.ts';
import type { QuestionFile } from './question-file.ts';
import {
  type KeptQuestion,
  MAX_OPEN_PER_DEVICE,
  MAX_OPEN_PER_NETWORK,
  MAX_QUESTIONS,
  MAX_ROOM_VOTES_PER_NETWORK,
  MAX_VOTES,
  MAX_VOTES_PER_NETWORK,
  type QuestionLimit,
  QuestionList,
} from './question-list.ts';
import { ReactionSeconds } from './reaction-seconds.ts';

/** A refusal of this part. */
export interface InteractionRefusal {
  readonly refused: ErrorCode;
  readonly detail?: string;
  readonly facts?: RefusalFacts;
  readonly retryAfter?: number;
}

/** What the rest of the studio does for the questions of a room. */
export interface InteractionHooks {
  /** Wall-clock ms as the program counts it. */
  wall(): number;
  /** Writes something down beside the recording. */
  mark(mark: Mark): void;
  /** Something changed that everybody is told. */
  changed(): void;
  /** The list for everybody has changed. */
  publish(list: ToldQuestions): void;
  /** Why this link opens nothing in the room now; undefined while it does. */
  barred(grant: Grant): InteractionRefusal | undefined;
  /** True for a host or co-host. */
  isHost(grant: Grant): boolean;
  /** Questions that moderators have taken out, by id: another object when it changes; absent while that is not known. */
  withdrawn?(): ReadonlyMap<string, QuestionWithdrawal> | undefined;
  /** Why this device takes no part; undefined while it may. */
  banned(device: string): InteractionRefusal | undefined;
}

const LIMITS: Readonly<Record<QuestionLimit, InteractionRefusal>> = {
  room: {
    refused: 'questions-full',
    detail: `${MAX_QUESTIONS} questions were asked, which is the limit of one room.`,
    facts: { limit: 'room', most: MAX_QUESTIONS },
  },
  device: {
    refused: 'questions-full',
    detail: `${MAX_OPEN_PER_DEVICE} of your questions are open, which is the limit of one device.`,
    facts: { limit: 'device', most: MAX_OPEN_PER_DEVICE },
    retryAfter: 60,
  },
  network: {
    refused: 'questions-full',
    detail: `${MAX_OPEN_PER_NETWORK} open questions, ${MAX_VOTES_PER_NETWORK} votes for one of them and ${MAX_ROOM_VOTES_PER_NETWORK} in all are the limit of one network.`,
    facts: { limit: 'network' },
    retryAfter: 60,
  },
  votes: {
    refused: 'questions-full',
    detail: `${MAX_VOTES} votes were given, which is the limit of one room.`,
    facts: { limit: 'votes', most: MAX_VOTES },
  },
  gone: { refused: 'not-found', detail: 'This question is not in the list any more.' },
};

/** Reactions, questions and what is pinned, in one running room. */
export class InteractionRoom implements Disposable {
  readonly slug: string;
  readonly #hooks: InteractionHooks;
  readonly #file: QuestionFile | undefined;
  readonly #list: QuestionList;
  readonly #reactions: ReactionSeconds;
  #pin: Pin | undefined;
  #version: number;
  #told: QuestionsTold | undefined;
  #dirty = false;
  #withdrawn: ReadonlyMap<string, QuestionWithdrawal> = new Map();
  #open = { reactions: true, questions: true };

  constructor(slug: string, hooks: InteractionHooks, file: QuestionFile | undefined) {
    this.slug = slug;
    this.#hooks = hooks;
    this.#file = file;
    this.#list = file?.before.list ?? new QuestionList();
    this.#pin = file?.before.pin;
    this.#reactions = new ReactionSeconds((mark) => hooks.mark(mark));
    // Larger than any version before a restart, of which pages may still have one.
    this.#version = Math.floor(hooks.wall() / 1000);
  }

  /** Applies what the room's hosts allow. */
  ruled({ rules, welcome }: Pick<RoomCard, 'rules' | 'welcome'>): void {
    const questions = rules?.questions !== false && welcome !== true;
    if (questions !== this.#open.questions) this.#dirty = true;
    this.#open = { reactions: rules?.reactions !== false, questions };
    if (!this.#dirty) this.#look();
  }

  /** What a door has counted. */
  reacted(counts: ReactionCounts): void {
    if (this.#open.reactions) this.#reactions.take(counts);
  }

  /** Ends a second: reactions are told, and the list if it has changed. */
  second(): void {
    this.#reactions.second(this.#hooks.wall());
    this.#withdraw();
    if (!this.#dirty) return;
    this.#dirty = false;
    this.#version += 1;
    this.#look();
    this.#hooks.publish(this.list());
  }

  /** Votes come by the hundred: the state has what the newest list has, and changes with it. */
  #look(): void {
    const { waiting } = this.#list;
    const { questions: open } = this.#open;
    this.#told = open || waiting > 0 ? { open, waiting, version: this.#version } : undefined;
  }

  /** What the state of the room has of this. */
  told(): Pick<RoomState, 'reactions' | 'questions' | 'pinned'> {
    return {
      ...(this.#open.reactions ? { reactions: this.#reactions.told() } : {}),
      ...(this.#told ? { questions: this.#told } : {}),
      ...(this.#pin ? { pinned: this.#pin } : {}),
    };
  }

  /** The list for everybody. */
  list(): ToldQuestions {
    return {
      ...{ v: 1, room: this.slug, open: this.#open.questions, version: this.#version },
      ...this.#list.shown(),
    };
  }

  /** The list for hosts. */
  hostList(): HostQuestions {
    const { reactions, pinned } = this.told();
    return {
      ...{ ...this.list(), hidden: this.#list.hidden() },
      ...(reactions ? { reactions } : {}),
      ...(pinned ? { pinned } : {}),
    };
  }

  /** Asks a question. */
  ask(asked: {
    text: string;
    name?: string | undefined;
    device: string;
    network: string;
  }): KeptQuestion | InteractionRefusal {
    const banned = this.#hooks.banned(asked.device);
    if (banned) return banned;
    if (!this.#open.questions)
      return { refused: 'questions-closed', detail: 'The host takes no questions here now.' };
    const id = randomBytes(8).toString('base64url');
    const question = this.#list.ask({ id, ...asked }, this.#hooks.wall());
    if (typeof question === 'string') return LIMITS[question];
    if (question.id === id) {
      const { text, name, device, asked: at } = question;
      this.#write({ do: 'ask', id, text, name, device, asked: at });
    }
    return question;
  }

  /** Votes for a question; a second vote changes nothing. */
  vote(id: string, device: string, network: string): KeptQuestion | InteractionRefusal {
    const banned = this.#hooks.banned(device);
    if (banned) return banned;
    const voted = this.#list.vote(id, device, network);
    if (typeof voted === 'string') return LIMITS[voted];
    if (voted) this.#write({ do: 'vote', id, device });
    return this.#list.get(id) as KeptQuestion;
  }

  /** What became of a question of this device that a moderator has taken out. */
  own(id: string, device: string): OwnWithdrawal | InteractionRefusal {
    const question = this.#list.get(id);
    const why = this.#withdrawn.get(id);
    if (question?.device !== device || !why) return LIMITS.gone;
    return { id, text: question.text, reason: why.reason, notice: why.notice };
  }

  /** All of those of a device. */
  allOwn(device: string): OwnWithdrawal[] {
    return [...this.#withdrawn].flatMap(([id, { reason, notice }]) => {
      const question = this.#list.get(id);
      return question?.device === device ? [{ id, text: question.text, reason, notice }] : [];
    });
  }

  /** Takes out and gives back what moderators have decided since the last look. */
  #withdraw(): void {
    const wanted = this.#hooks.withdrawn?.();
    if (!wanted || wanted === this.#withdrawn) return;
    this.#withdrawn = wanted;
    const at = this.#hooks.wall();
    for (const question of this.#list.all()) {
      const isOut = wanted.has(question.id);
      if (isOut === (question.before !== undefined)) continue;
      const was = question.standing;
      this.#list.withdraw(question, isOut, at);
      const { id, standing, before } = question;
      this.#write({ do: 'turn', id, standing, at, before });
      this.#markTurn(question, was, at);
    }
  }

  /** Who may act here, with a link; undefined: this one may. */
  refusal(grant: Grant): InteractionRefusal | undefined {
    return (
      this.#hooks.barred(grant) ?? (this.#hooks.isHost(grant) ? undefined : { refused: 'not-host' as const })
    );
  }

  /** What a host does; undefined when done. */
  act(action: InteractionAct): InteractionRefusal | undefined {
    const at = this.#hooks.wall();
    if (action.do === 'pin' || action.do === 'unpin') return this.#turnPin(action, at);
    const question = this.#list.get(action.question);
    if (!question) return LIMITS.gone;
    const standing = action.do === 'answered' ? 'answered' : action.do === 'hide' ? 'hidden' : 'open';
    if (question.before !== undefined)
      return {
        refused: 'wrong-moment',
        detail: 'A decision keeps this question out of the list: take that back among the reports.',
      };
    const was = question.standing;
    if (!this.#list.turn(question, standing, at)) return undefined;
    this.#write({ do: 'turn', id: question.id, standing, at });
    this.#markTurn(question, was, at);
    return undefined;
  }

  /** The room is over: what is left to write is written, and what people wrote is forgotten. */
  forget(): void {
    this.#file?.forget();
  }

  [Symbol.dispose](): void {
    this.#reactions.close();
    this.#file?.[Symbol.dispose]();
  }

  /** What is written beside the recording when a question becomes answered, or no longer is. */
  #markTurn(question: KeptQuestion, was: QuestionStanding, at: number): void {
    const { id, text, name, voters, standing } = question;
    if (standing === was) return;
    if (standing === 'answered')
      this.#hooks.mark({
        ...{ kind: 'answered', at, id, text, votes: voters.size },
        ...(name === undefined ? {} : { name }),
      });
    else if (was === 'answered') this.#hooks.mark({ kind: 'unanswered', at, id });
  }

  #turnPin(action: Extract<InteractionAct, { do: 'pin' | 'unpin' }>, at: number): undefined {
    if (action.do === 'unpin' && !this.#pin) return undefined;
    const id = randomBytes(6).toString('base64url');
    const { text, link } = action.do === 'pin' ? action : { text: undefined, link: undefined };
    this.#pin = text === undefined ? undefined : { id, at, text, ...(link === undefined ? {} : { link }) };
    this.#hooks.mark({ kind: 'pin', at, ...(this.#pin ?? { id }) });
    this.#file?.write({ do: 'pin', pin: this.#pin });
    this.#hooks.changed();
    return undefined;
  }

  #write(line: Parameters<QuestionFile['write']>[0]): void {
    this.#dirty = true;
    this.#file?.write(line);
  }
}
