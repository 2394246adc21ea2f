/**
 * Of a suite whose tests are the steps of one story: after one that failed the others are left out. Not by mocha's `bail`, which ends
 * all other files of a parallel run too, and counts none of their tests.
 */
export function tellOneStory(): void {
  let isOver = false;
  beforeEach(function () {
    if (isOver) this.skip();
  });
  afterEach(function () {
    isOver ||= this.currentTest?.state === 'failed';
  });
}
