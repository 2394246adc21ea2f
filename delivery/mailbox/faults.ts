/** How tests make the mailbox fail: `POST /test/faults`. All of it is optional. */
export interface Fault {
  /** Answers this status in place of 202. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Waits before it answers, milliseconds. */
  readonly delayMs?: number;
  /** Cuts the connection without an answer, without or after having accepted the mail. */
  readonly cut?: 'before-accept' | 'after-accept';
  /** Only mails to this client. */
  readonly clientId?: string;
  /** For so many mails; default: all until `DELETE /test/faults`. */
  readonly times?: number;
}

export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  list(): readonly Fault[];
  /** The fault that hits this mail, used up once. */
  take(clientId: string | null): Fault | undefined;
}

export function createFaults(): Faults {
  let active: { fault: Fault; left: number }[] = [];
  return {
    add(fault) {
      active.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
    },
    clear() {
      active = [];
    },
    list: () =>
      active.map(({ fault, left }) => ({ ...fault, ...(Number.isFinite(left) ? { times: left } : {}) })),
    take(clientId) {
      const hit = active.find(({ fault }) => fault.clientId === undefined || fault.clientId === clientId);
      if (!hit) return undefined;
      hit.left -= 1;
      if (hit.left <= 0) active = active.filter((each) => each !== hit);
      return hit.fault;
    },
  };
}

/** What is wrong with a fault, or undefined. */
export function faultProblem(fault: unknown): string | undefined {
  if (typeof fault !== 'object' || fault === null)
    return 'expected an object such as { "status": 500, "times": 3 }';
  const { status, delayMs, cut, times } = fault as Record<string, unknown>;
  const whole = (value: unknown, least: number) =>
    value === undefined || (Number.isInteger(value) && Number(value) >= least);
  if (!whole(status, 200)) return `status: expected an HTTP status, found ${JSON.stringify(status)}`;
  if (!whole(delayMs, 0)) return `delayMs: expected milliseconds, found ${JSON.stringify(delayMs)}`;
  if (!whole(times, 1)) return `times: expected a whole number from 1, found ${JSON.stringify(times)}`;
  if (cut !== undefined && cut !== 'before-accept' && cut !== 'after-accept') {
    return `cut: expected "before-accept" or "after-accept", found ${JSON.stringify(cut)}`;
  }
  return undefined;
}
