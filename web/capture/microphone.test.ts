import { expect, test } from 'vitest';
import { constraintsOf, DEFAULT_MICROPHONE, levelOf, refusalOfMicrophone } from './microphone.ts';

test('a full-scale sine measures 0 dBFS, half of it −6, and silence −127', () => {
  const sine = (amplitude: number) =>
    Float32Array.from({ length: 4800 }, (_, i) => amplitude * Math.sin((i * 2 * Math.PI) / 48));
  expect(levelOf(sine(1))).toBeCloseTo(0, 1);
  expect(levelOf(sine(0.5))).toBeCloseTo(-6.02, 1);
  expect(levelOf(new Float32Array(128))).toBe(-127);
  expect(levelOf(new Float32Array(0))).toBe(-127);
});

test('music turns all processing off and asks for stereo, whatever else was chosen', () => {
  expect(constraintsOf({ ...DEFAULT_MICROPHONE, music: true, deviceId: 'd' })).toMatchObject({
    echoCancellation: false,
    noiseSuppression: false,
    autoGainControl: false,
    channelCount: { ideal: 2 },
    deviceId: { exact: 'd' },
  });
  expect(constraintsOf(DEFAULT_MICROPHONE)).toMatchObject({
    echoCancellation: true,
    channelCount: { ideal: 1 },
  });
  expect(constraintsOf(DEFAULT_MICROPHONE)).not.toHaveProperty('deviceId');
});

test('each failure of a microphone has its own instructions', () => {
  const of = (name: string) => refusalOfMicrophone(new DOMException('', name));
  expect(
    ['NotAllowedError', 'NotFoundError', 'NotReadableError', 'OverconstrainedError', 'X'].map(of),
  ).toEqual(['denied', 'none', 'busy', 'none', 'failed']);
});
