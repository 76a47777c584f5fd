import { expect, test } from 'vitest';
import { placesOf, planOf } from './seats.ts';

test.each([5, 8, 11])('in a theatre of %i rows no two seats touch and none leaves the picture', (rows) => {
  const plan = planOf(rows);
  for (const [i, seat] of plan.seats.entries()) {
    expect(seat.x).toBeGreaterThanOrEqual(plan.radius);
    expect(seat.x).toBeLessThanOrEqual(plan.width - plan.radius);
    expect(seat.y).toBeGreaterThanOrEqual(plan.radius);
    expect(seat.y).toBeLessThanOrEqual(plan.height - plan.radius);
    for (const other of plan.seats.slice(i + 1)) {
      expect(Math.hypot(seat.x - other.x, seat.y - other.y)).toBeGreaterThan(plan.radius * 2);
    }
  }
});

test('the crowd looks alike on every screen', () => {
  expect(planOf(11)).toEqual(planOf(11));
});

test.each([1, 2, 5, 6, 8, 9, 12])('%i speakers stand on the stage without touching', (count) => {
  const plan = planOf(11);
  const places = placesOf(count, plan);
  expect(places).toHaveLength(count);
  for (const [i, place] of places.entries()) {
    expect(Math.hypot(place.x - plan.centre.x, place.y - plan.centre.y)).toBeLessThan(
      plan.stage - place.size,
    );
    expect(place.y).toBeLessThan(plan.centre.y);
    for (const other of places.slice(i + 1)) {
      expect(Math.hypot(place.x - other.x, place.y - other.y)).toBeGreaterThan(place.size * 2);
    }
  }
});
