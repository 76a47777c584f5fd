import { expect, test } from 'vitest';
import { detailsEnglish as english } from './details-english.ts';
import { detailsFrench as french } from './details-french.ts';
import { clockOf, dotOf } from './figures.ts';

test('clocks grow an hour only when there is one', () => {
  expect([0, 5, 59.9, 65.999, 724, 3723, -0.004].map(clockOf)).toEqual([
    '0:00',
    '0:05',
    '0:59',
    '1:05',
    '12:04',
    '1:02:03',
    '0:00',
  ]);
});

test('a dot stands for a power of ten, the smallest with which everyone has a seat', () => {
  expect([0, 1, 500, 501, 5000, 5001, 1_402_117].map((streams) => dotOf(streams, 500))).toEqual([
    1, 1, 1, 10, 10, 100, 10_000,
  ]);
  expect([0, 12, 105, 106, 1_400_000].map((streams) => dotOf(streams, 105))).toEqual([1, 1, 1, 10, 100_000]);
});

test('from rung 1 on a count says that it is rounded, in both languages, and a small one is exact', () => {
  expect(english.streams(1_200)).toBe('1,200 connections listening now');
  expect(english.streams(1_200, 0)).toBe('1,200 connections listening now');
  expect(english.streams(1_200, 1)).toBe('about 1,200 connections listening now');
  expect(english.streams(99, 1)).toBe('99 connections listening now');
  expect(french.streams(1_200, 0)).not.toContain('environ');
  expect(french.streams(1_200, 1)).toMatch(/^environ 1.200 connexions/);
  expect(english.theatre(1_200, '', 2)).toContain('about 1,200 connections are listening');
});

test('who catches up is told beside who is live', () => {
  expect(english.streams(1, 0, 3)).toBe('1 live, 3 catching up');
  expect(french.streams(1, 0, 3)).toBe('1 en direct, 3 en différé');
  expect(english.streams(1, 0, 0)).toBe('1 connection listening now');
});

test('a place is read aloud in minutes and seconds, never as a bare number', () => {
  expect(english.spoken(202)).toBe('3 minutes 22 seconds');
  expect(english.spoken(3_661)).toBe('1 hour 1 minute 1 second');
  expect(english.spoken(0.4)).toBe('0 seconds');
  expect(french.spoken(120)).toBe('2 minutes');
});
