import { expect, test } from 'vitest';
import {
  type KeptQuestion,
  MAX_OPEN_PER_NETWORK,
  MAX_QUESTIONS,
  MAX_ROOM_VOTES_PER_NETWORK,
  MAX_VOTES_PER_NETWORK,
  QuestionList,
} from './question-list.ts';

let n = 0;
const ask = (list: QuestionList, network: string): KeptQuestion | string => {
  n += 1;
  return list.ask({ id: `q${n}`, text: `Why ${n}?`, device: `d${n}`, network }, n);
};

test('a room that strangers have filled takes questions again when hosts hide what they wrote', () => {
  const list = new QuestionList();
  for (let k = 0; k < MAX_QUESTIONS; k++) ask(list, `net${Math.floor(k / MAX_OPEN_PER_NETWORK)}`);
  expect(ask(list, 'home')).toBe('room');
  const spam = [...list.all()].slice(0, 3);
  for (const one of spam) list.turn(one, 'hidden', 1);
  list.vote(spam[1]?.id ?? '', 'somebody', 'home');
  for (let k = 0; k < 3; k++) expect(typeof ask(list, 'home')).toBe('object');
  expect(ask(list, 'home')).toBe('room');
  expect([list.get(spam[0]?.id ?? ''), list.hidden().length]).toEqual([undefined, 0]);
});

test('one network cannot use up the votes of a room', () => {
  const list = new QuestionList();
  const asked = Array.from({ length: 200 }, (_, k) => ask(list, `net${k}`) as KeptQuestion);
  let taken = 0;
  for (const { id } of asked)
    for (let k = 0; k < MAX_VOTES_PER_NETWORK; k++) if (list.vote(id, `v${k}`, 'crowd') === true) taken += 1;
  expect(taken).toBe(MAX_ROOM_VOTES_PER_NETWORK);
  expect(list.vote(asked[0]?.id ?? '', 'me', 'home')).toBe(true);
});

test('the list is put in order once after each change, however many ask for it', () => {
  const list = new QuestionList();
  const [a, b] = [ask(list, 'x') as KeptQuestion, ask(list, 'y') as KeptQuestion];
  const first = list.shown();
  expect(list.shown()).toBe(first);
  expect(first.questions.map(({ id }) => id)).toEqual([a.id, b.id]);
  list.vote(b.id, 'me', 'home');
  expect(list.shown().questions.map(({ id, votes }) => [id, votes])).toEqual([
    [b.id, 1],
    [a.id, 0],
  ]);
  list.turn(b, 'answered', 5);
  expect(list.shown()).toMatchObject({ waiting: 1, answered: [{ id: b.id }] });
});
