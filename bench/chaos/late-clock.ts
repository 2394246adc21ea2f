// Preloaded into a worker whose clock is wrong: `NODE_OPTIONS=--import=…`, CHAOS_CLOCK_MS more or less than it is.
const offsetMs = Number(process.env['CHAOS_CLOCK_MS'] ?? 0);
const RealDate = Date;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args: [number?]) =>
    args.length === 0 ? new target(target.now() + offsetMs) : Reflect.construct(target, args),
  get(target, name, receiver) {
    return name === 'now' ? () => target.now() + offsetMs : Reflect.get(target, name, receiver);
  },
});
