/** A test that fails by an error which nobody caught, and ends after its file has; and one that throws then. */
describe('a file whose tests end too late', () => {
  it('fails, and goes on', async () => {
    setTimeout(() => {
      throw new Error('caught by nobody');
    }, 50);
    await new Promise((resolve) => setTimeout(resolve, 500));
  });

  it('throws later, and rejects', () => {
    setTimeout(() => {
      throw new Error('a late bug');
    }, 700);
    void (async () => {
      await new Promise((resolve) => setTimeout(resolve, 900));
      throw new Error('a late rejection');
    })();
  });
});
