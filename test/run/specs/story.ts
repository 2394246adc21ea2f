import assert from 'node:assert/strict';
import { tellOneStory } from '../one-story.js';

describe('a story whose second step fails', () => {
  tellOneStory();
  let tries = 0;

  it('begins, at the second try', () => {
    tries += 1;
    assert.equal(tries, 2);
  });
  it('goes on', () => assert.fail('a wrong step'));
  it('ends', () => {});
});
