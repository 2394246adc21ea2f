/** The word that somebody may have meant: at most two letters off, and nearer than any other. */
export function nearest(written: string, known: readonly string[]): string | undefined {
  const most = written.length < 4 ? 1 : 2;
  const byDistance = known
    .map((word) => ({ word, distance: distanceOf(written.toLowerCase(), word.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const [first, second] = byDistance;
  return first && first.distance <= most && first.distance !== second?.distance ? first.word : undefined;
}

/** How many letters must be put in, left out or replaced. */
function distanceOf(a: string, b: string): number {
  const others = Array.from(b);
  let row = Array.from({ length: others.length + 1 }, (_, index) => index);
  for (const [index, letter] of Array.from(a).entries()) {
    const next = [index + 1];
    for (const [at, other] of others.entries())
      next.push(Math.min(row[at + 1]! + 1, next[at]! + 1, row[at]! + (letter === other ? 0 : 1)));
    row = next;
  }
  return row.at(-1) ?? 0;
}
