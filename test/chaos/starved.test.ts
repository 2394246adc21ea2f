import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { starvedMs } from '../../bench/chaos/model/ask-truth.js';
import { probeMachine } from '../../bench/chaos/machine-probe.js';
import { violationsOf } from '../../bench/chaos/model/model.js';
import { emptyTruth, type Starved } from '../../bench/chaos/model/truth.js';
import { emptyTally } from '../../bench/chaos/model/verdict.js';
import {
  aTruth,
  checked,
  clientId,
  firstCheck,
  mailsOf,
  minute,
  noticesOf,
  secondCheck,
  started,
  t0,
  telling,
} from './a-story.js';
import type { Step } from '../../bench/chaos/model/histories.js';

describe('a machine that does not give the CPU to a chaos run', () => {
  const cases: readonly { name: string; lateMs: number; starved: readonly Starved[]; late: boolean }[] = [
    { name: 'a check 2.4 s late in the calm is in time', lateMs: 2_400, starved: [], late: false },
    { name: 'a check 4 s late is not', lateMs: 4_000, starved: [], late: true },
    { name: '2 s without the CPU excuse it', lateMs: 4_000, starved: [starvedFor(2_000)], late: false },
    { name: '1 s does not', lateMs: 4_000, starved: [starvedFor(1_000)], late: true },
    {
      name: 'nor does a machine that was busy before the check was due',
      lateMs: 4_000,
      starved: [{ from: t0, until: minute(2), ms: 50_000 }],
      late: true,
    },
  ];
  for (const { name, lateMs, starved, late } of cases) {
    it(name, () => {
      const truth = { ...aTruth(), starved: [...starved], calmFrom: t0 - 1_000 };
      const third = checked(minute(2) + lateMs, 'max-qty-reached');
      const found = verdictOn([started, ...firstCheck, ...secondCheck, third], truth);
      assert.deepEqual(found.filter((what) => what.includes('late')).length, late ? 1 : 0, found.join('\n'));
    });
  }

  for (const { name, ms, late } of [
    { name: 'a workflow task that nobody answered is no excuse on an idle machine', ms: 0, late: true },
    { name: 'it is one for 10 s where the worker was denied much of the CPU', ms: 3_000, late: false },
  ])
    it(name, () => {
      const lostAt = minute(2) + 11_000;
      const starved = [{ from: lostAt - 10_000, until: lostAt, ms }];
      const truth = { ...aTruth(), starved, calmFrom: t0 - 1_000 };
      const steps: readonly Step[] = [
        started,
        ...firstCheck,
        ...secondCheck,
        { kind: 'taskLost', at: lostAt },
        checked(lostAt + 1_000, 'max-qty-reached'),
      ];
      const found = verdictOn(steps, truth);
      assert.equal(found.filter((what) => what.includes('late')).length, late ? 1 : 0, found.join('\n'));
    });

  it('a notice whose short time was the machine’s may be given up, one that had its time may not', () => {
    const deadlineAt = t0 + 2_600;
    const steps: readonly Step[] = [
      started,
      checked(t0, 'low'),
      {
        ...telling(t0),
        input: { checkAt: t0, deadlineAt, rules: [{ key: 'user' }, { key: 'client' }] },
      } as Step,
      { kind: 'told', at: deadlineAt, checkAt: t0, told: { accepted: [], failed: [] } },
    ];
    const givenUp = (ms: number) =>
      verdictOn(steps, { ...aTruth(), starved: [{ from: t0, until: deadlineAt, ms }] }, 0).filter((what) =>
        what.includes('given up'),
      ).length;
    assert.equal(givenUp(0), 2);
    assert.equal(givenUp(1_000), 2);
    assert.equal(givenUp(2_000), 0);
  });

  it('counts the part of a beat that lies between the two instants', () => {
    const truth = { ...emptyTruth(), starved: [{ from: 0, until: 100, ms: 50 }] };
    assert.equal(starvedMs(truth, 0, 100), 50);
    assert.equal(starvedMs(truth, 50, 1_000), 25);
    assert.equal(starvedMs(truth, 200, 300), 0);
  });

  it('is measured by a process of its own, which ends', async () => {
    const truth = emptyTruth();
    const end = probeMachine(truth);
    const workers = Array.from({ length: 6 }, () => burn());
    for (let waited = 0; truth.starved.length === 0 && waited < 30_000; waited += 100) await sleep(100);
    for (const stop of workers) stop();
    await end();
    for (const { from, until, ms } of truth.starved) assert.ok(ms >= 0 && ms <= until - from);
    assert.ok(
      truth.starved.length > 0,
      'somebody who wants the CPU of a full machine does not always get it',
    );
  });
});

/** While the check of the second minute was late. */
function starvedFor(ms: number): Starved {
  return { from: minute(2), until: minute(2) + 4_000, ms };
}

function verdictOn(steps: readonly Step[], truth: ReturnType<typeof aTruth>, mails = 2): readonly string[] {
  const arrivals = mailsOf(mails);
  const counts = { user: mails, client: mails };
  const facts = { clientId, steps, arrivals, notices: noticesOf(arrivals), counts };
  return violationsOf(facts, truth, emptyTally()).map(({ what }) => what);
}

/** A thread that wants the CPU all the time. */
function burn(): () => void {
  const worker = new Worker('for (;;);', { eval: true });
  return () => void worker.terminate();
}
