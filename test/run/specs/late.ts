/** A test that fails by an error which nobody caught, and ends after its file has. */
describe('a file whose test ends too late', () => {
  it('fails, and goes on', async () => {
    setTimeout(() => {
      throw new Error('caught by nobody');
    }, 50);
    await new Promise((resolve) => setTimeout(resolve, 500));
  });
});
