/** Reads again where what is known is older than `freshMs`. */
export function remembered<T>(
  freshMs: number,
  read: (now: number) => Promise<T>,
): (now: number) => Promise<T> {
  let known: { readonly at: number; readonly value: Promise<T> } | undefined;
  return (now) => {
    if (!known || performance.now() - known.at > freshMs) {
      const value = read(now);
      known = { at: performance.now(), value };
      value.catch(() => (known = undefined));
    }
    return known.value;
  };
}

/** A read that took long is good for so many times as long. */
const restFactor = 20;

/**
 * The same for what changes slowly and may take seconds to read: nobody but the first waits for it, and it takes at most a twentieth
 * of the time.
 */
export function slowlyRemembered<T>(freshMs: number, read: () => Promise<T>): () => Promise<T> {
  let known: { readonly value: T; readonly until: number } | undefined;
  let reading: Promise<T> | undefined;
  async function readAnew(): Promise<T> {
    const begunAt = performance.now();
    try {
      const value = await read();
      const endedAt = performance.now();
      known = { value, until: endedAt + Math.max(freshMs, restFactor * (endedAt - begunAt)) };
      return value;
    } finally {
      reading = undefined;
    }
  }
  return async () => {
    if (known && performance.now() < known.until) return known.value;
    reading ??= readAnew();
    if (!known) return await reading;
    // What is known is good enough while it is read; a fault is found by whoever reads next.
    reading.catch(() => {});
    return known.value;
  };
}
