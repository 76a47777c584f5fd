/** A measured ratio and its goal. */
export interface Goal {
  readonly name: string;
  readonly measured: number;
  readonly goal: number;
  /** True when a larger value is better. */
  readonly more?: boolean;
}

const ROW = 30;
const LEFT = 330;
const WIDE = 340;
const escaped = (text: string): string => text.replace(/[<>&]/g, (c) => `&#${c.charCodeAt(0)};`);

/** Bars of measured ÷ goal, with the goal as one line through all of them; left of the line is good. */
export function goalsPicture(goals: readonly Goal[], machine: string): string {
  const height = 90 + goals.length * ROW;
  // Where a larger value is better the ratio is inverted, so that one line serves all.
  const share = ({ measured, goal, more }: Goal): number => (more ? goal / measured : measured / goal);
  const bars = goals.map((goal, i) => {
    const y = 64 + i * ROW;
    const length = Math.max(2, Math.min(2, share(goal)) * (WIDE / 2));
    const good = share(goal) <= 1;
    return `<text x="${LEFT - 12}" y="${y + 15}" text-anchor="end">${escaped(goal.name)}</text>
  <rect class="${good ? 'good' : 'late'}" x="${LEFT}" y="${y}" width="${length.toFixed(1)}" height="20" rx="4"/>
  <text x="${LEFT + WIDE + 12}" y="${y + 15}">${goal.measured.toFixed(2)} <tspan class="ash">(${goal.more ? '≥' : '≤'} ${goal.goal})${good ? '' : ' missed'}</tspan></text>`;
  });
  const middle = LEFT + WIDE / 2;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 820 ${height}" role="img" aria-labelledby="t">
  <title id="t">Measured ratios against their goals: ${goals.filter((goal) => share(goal) <= 1).length} of ${goals.length} reached</title>
  <style>
    text { font: 14px system-ui, sans-serif; fill: #1c1a17; font-variant-numeric: tabular-nums }
    .ash { fill: #635d52 } .ground { fill: #f7f3ea } .good { fill: #55662b } .late { fill: #a93c1a } line { stroke: #1f5a7a; stroke-width: 2 }
    @media (prefers-color-scheme: dark) {
      text { fill: #f1ece1 } .ash { fill: #a9a394 } .ground { fill: #11131a } .good { fill: #b4c878 } .late { fill: #ff8a5c } line { stroke: #7cc0e4 }
    }
  </style>
  <rect class="ground" width="820" height="${height}" rx="12"/>
  <text class="ash" x="24" y="30">${escaped(machine)}</text>
  <text class="ash" x="${middle}" y="52" text-anchor="middle">goal</text>
  <line x1="${middle}" y1="56" x2="${middle}" y2="${height - 20}"/>
  ${bars.join('\n  ')}
</svg>
`;
}
