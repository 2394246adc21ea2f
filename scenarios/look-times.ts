/** When looks at the fleet come in a story: each `checkEvery` from its start (rule 18). Times are milliseconds after the start. */
export class LookTimes {
  private doneMs = 0;
  private quietUntilMs = 0;

  /**
   * Something happened: the next look may find more than the last one. `able`: until now looks could be made, so that those before it
   * were, or would have found nothing; else they are made up for.
   */
  wake(atMs: number, able: boolean): void {
    this.quietUntilMs = 0;
    if (able) this.doneMs = Math.max(this.doneMs, atMs - 1);
  }

  /** A look was done, also a late one: then it stands for those that were missed. Until `quietUntilMs` others would find nothing. */
  done(atMs: number, quietUntilMs: number): void {
    this.doneMs = atMs;
    this.quietUntilMs = quietUntilMs;
  }

  /** When the next look comes that may find something; undefined: there are none. */
  nextMs(everyMs: number | undefined): number | undefined {
    if (everyMs === undefined) return undefined;
    const following = Math.floor(this.doneMs / everyMs) + 1;
    return Math.max(following, Math.ceil(this.quietUntilMs / everyMs)) * everyMs;
  }
}
