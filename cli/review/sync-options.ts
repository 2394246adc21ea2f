export interface SyncOptions {
  readonly folder: string;
  readonly format: 'human' | 'json';
  /** The exact number of clients that may lose their profile. */
  readonly allowDelete?: number;
  /** How long to wait for another sync. */
  readonly lockWaitMs: number;
  /** Who is recorded as the author; default: what Git says. */
  readonly author?: string;
}
