/** One thing that is wrong with some clients. */
export interface Trouble {
  readonly view: string;
  readonly column: string;
  /** An error makes clients unknown or silences them; a warning may be meant. */
  readonly severity: 'error' | 'warning';
  readonly problem: string;
  readonly clients: number;
  /** Three of them at most: the client's id, and the value where there is one. */
  readonly examples: readonly string[];
}
