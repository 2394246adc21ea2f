import { playOnTheRealWorkflow } from './stories-on-the-real-workflow.js';

// The first four are played by random-stories.test.ts.
describe('more random stories on the real workflow', () => {
  playOnTheRealWorkflow(4, 12);
});
