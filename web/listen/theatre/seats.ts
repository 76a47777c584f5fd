/** Where the seats of the theatre are, seen from above: the plan of Epidaurus with fewer rows. */

/** One seat, in the coordinates of a plan 640 wide and 388 high. */
export interface Seat {
  readonly x: number;
  readonly y: number;
  readonly row: number;
}

/** The plan: its size, the centre of the orchestra, and the seats in the order in which they are taken. */
export interface Plan {
  readonly width: number;
  readonly height: number;
  readonly centre: { readonly x: number; readonly y: number };
  readonly stage: number;
  readonly rows: number;
  readonly radius: number;
  readonly seats: readonly Seat[];
}

/** Wedges of seats between the stairs. */
const WEDGES = 7;

/** A seeded random sequence, so that a crowd looks the same on every screen. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Lays out `rows` rows around the stage, a walkway after the inner two thirds. */
export function planOf(rows: number): Plan {
  const width = 640;
  const stage = 122;
  const innermost = 153;
  const walkway = rows > 6 ? 16 : 0;
  const pitch = (312 - innermost - walkway) / Math.max(1, rows - 1);
  const radius = Math.min(8, pitch * 0.35);
  const centre = { x: width / 2, y: 332 };
  const low = -0.16;
  const inner = Math.round(rows * 0.66);
  const random = sequence(7);
  const placed: { seat: Seat; order: number }[] = [];
  for (let row = 0; row < rows; row++) {
    const distance = innermost + row * pitch + (row >= inner ? walkway : 0);
    const sweep = (Math.PI - 2 * low) / WEDGES;
    const stair = 15 / distance;
    for (let wedge = 0; wedge < WEDGES; wedge++) {
      const count = Math.max(1, Math.floor(((sweep - stair) * distance) / (radius * 2.72)));
      for (let k = 0; k < count; k++) {
        const angle = low + wedge * sweep + stair / 2 + ((sweep - stair) * (k + 0.5)) / count;
        const x = centre.x - Math.cos(angle) * distance;
        const y = centre.y - Math.sin(angle) * distance;
        if (x < radius || x > width - radius) continue;
        // Seats in front and in the middle are taken first, with some randomness.
        const aside = Math.abs(angle - Math.PI / 2) / 2;
        placed.push({ seat: { x, y, row }, order: row / rows + aside * 0.35 + random() * 0.85 });
      }
    }
  }
  placed.sort((a, b) => a.order - b.order);
  return { width, height: 388, centre, stage, rows, radius, seats: placed.map((place) => place.seat) };
}

/** Places of `count` speakers on the stage's half circle, the host in the middle. */
export function placesOf(count: number, plan: Plan): { x: number; y: number; size: number }[] {
  const size = count <= 5 ? 20 : count <= 8 ? 16 : 13;
  const perRow = count <= 5 ? 5 : count <= 8 ? 5 : 7;
  const places: { x: number; y: number; size: number }[] = [];
  for (let first = 0; first < count; first += perRow) {
    const here = Math.min(perRow, count - first);
    const back = first === 0 ? 0 : 1;
    const distance = back === 0 ? plan.stage - size - 14 : plan.stage - size * 3 - 28;
    const spread = Math.min(Math.PI * 0.86, ((size * 2 + 16) / distance) * Math.max(0, here - 1));
    for (let k = 0; k < here; k++) {
      const angle = Math.PI / 2 + (here === 1 ? 0 : (k / (here - 1) - 0.5) * spread);
      const flat = here === 1 && count === 1 ? 0.55 : 1;
      places.push({
        x: plan.centre.x - Math.cos(angle) * distance,
        y: plan.centre.y - Math.sin(angle) * distance * flat,
        size,
      });
    }
  }
  return places;
}
