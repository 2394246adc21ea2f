import assert from 'node:assert/strict';
import fc from 'fast-check';
import { simulateStory } from '../../scenarios/simulate-story.js';
import type { Story } from '../../scenarios/story.js';
import { toldByTheRules } from './judge-of-stories.js';
import { calmStory, randomStory } from './random-stories.js';
import { playOnTheRealWorkflow, toldOf } from './stories-on-the-real-workflow.js';

/** Two counters are the same in any order. */
function inOrder<T extends { readonly count: Readonly<Record<string, number>> }>(told: T) {
  return { ...told, count: new Map(Object.entries(told.count)) };
}

describe('random stories', () => {
  it('rule 3: no rule ever sends more than the largest Max Qty in a cycle', () => {
    fc.assert(
      fc.property(randomStory, (story) => {
        for (const { count } of simulateStory(story).told)
          assert.ok(Object.values(count).every((number) => number <= 5));
      }),
      { numRuns: 500 },
    );
  });

  it('rule 5: refill signals that come again change nothing', () => {
    fc.assert(
      fc.property(randomStory, fc.integer({ min: 1, max: 20 }), (story, laterMinutes) => {
        const events = story.events.flatMap(({ atMs, event }) => {
          if (event.refill === undefined || event.signal === false) return [{ atMs, event }];
          const { at, id = `id-${atMs}` } = event;
          const again = { at, signal: { id, at } };
          return [
            { atMs, event: { ...event, id } },
            { atMs: atMs + laterMinutes * 60_000, event: again },
          ];
        });
        const doubled: Story = { ...story, events: events.sort((a, b) => a.atMs - b.atMs) };
        assert.deepEqual(toldOf(simulateStory(doubled)), toldOf(simulateStory(story)));
      }),
      { numRuns: 500 },
    );
  });

  it('come out as the rules say, by a judge that knows only their text', () => {
    let notices = 0;
    fc.assert(
      fc.property(calmStory, (story) => {
        const { told } = simulateStory(story);
        notices += told.length;
        const found = told.map(({ atMs, rules, recovered, count }) => ({ atMs, rules, recovered, count }));
        assert.deepEqual(found.map(inOrder), toldByTheRules(story).map(inOrder));
      }),
      { numRuns: 500 },
    );
    assert.ok(notices > 500, `${notices} notices are too few to learn anything from`);
  });

  it('the same story twice gives the same', () => {
    fc.assert(
      fc.property(randomStory, (story) => assert.deepEqual(simulateStory(story), simulateStory(story))),
    );
  });
});

// random-stories.slow.ts plays the others.
describe('some random stories on the real workflow', () => {
  playOnTheRealWorkflow(0, 4);
});
