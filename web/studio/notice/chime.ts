/** Shortest time between two hints, in ms: a crowd of hands is one hint. */
const PAUSE_MS = 5_000;

/** A soft hint that a hand went up. The echo canceller knows the page's own tones, so the audience does not hear it. */
export function openChime(wanted: () => boolean): () => void {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    const now = performance.now();
    if (!wanted() || now - last < PAUSE_MS) return;
    last = now;
    const context = new AudioContext();
    const gain = context.createGain();
    gain.gain.value = 0;
    gain.connect(context.destination);
    for (const [at, pitch] of [
      [0, 523],
      [0.16, 784],
    ] as const) {
      const tone = context.createOscillator();
      tone.frequency.value = pitch;
      tone.connect(gain);
      gain.gain.setTargetAtTime(0.08, context.currentTime + at, 0.01);
      gain.gain.setTargetAtTime(0, context.currentTime + at + 0.1, 0.05);
      tone.start(context.currentTime + at);
      tone.stop(context.currentTime + at + 0.4);
    }
    setTimeout(() => void context.close(), 1_000);
  };
}
