/** Occupies one of two workers, so that the other one runs two files. */
describe('a busy file', () => {
  it('takes a while', () => new Promise<void>((resolve) => setTimeout(resolve, 4_000)));
});
