/** The file after it, in the same process. */
describe('the next file', () => {
  it('runs meanwhile', () => new Promise<void>((resolve) => setTimeout(resolve, 2_000)));
});
