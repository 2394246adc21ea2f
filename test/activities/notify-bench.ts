import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import type { NotifyInput, NoticesOutcome } from '../../activities/contract.js';
import { notify } from '../../activities/notify.js';
import type { Parts } from '../../activities/parts.js';
import { createSendGridChannel } from '../delivery/sendgrid-channel.js';
import { plainRenderer } from '../delivery/a-mail.js';
import { startSendGridAnswers, type SendGridAnswers } from '../delivery/sendgrid-answers.js';
import {
  addLowClient,
  createNotifyWorld,
  notifyParts,
  profileFile,
  writeProfile,
  type NotifyWorld,
} from './notify-setup.js';

/** Real MySQL and a SendGrid whose answers the test chooses, for the `describe` that calls it. */
export function useNotifyBench() {
  let world: NotifyWorld;
  let sendGrid: SendGridAnswers;
  let clients = 0;

  before(async () => {
    world = await createNotifyWorld();
    sendGrid = await startSendGridAnswers();
  });
  after(async () => {
    await sendGrid?.stop();
    await world?.stop();
  });
  beforeEach(async () => {
    sendGrid.clear();
    await writeProfile(world.database, profileFile);
    await world.database.query("UPDATE billing_reseller SET manager_email = 'manager@acme.example'");
  });

  async function aLowClient(email?: string | null): Promise<string> {
    clients += 1;
    await addLowClient(world.database, `c-${clients}`, email);
    return `c-${clients}`;
  }

  /** The parts of one worker. */
  function aWorker(changes: Partial<Parts> = {}): Parts {
    const mailer = createSendGridChannel({
      apiKey: 'SG.test',
      baseUrl: sendGrid.url,
      from: 'billing@acme.example',
      renderer: plainRenderer,
    });
    return { ...notifyParts(world.database, mailer), ...changes };
  }

  function tell(
    parts: Parts,
    input: NotifyInput,
    signal = new AbortController().signal,
  ): Promise<NoticesOutcome> {
    return notify(parts, input, signal);
  }

  async function failureOf(telling: Promise<NoticesOutcome>): Promise<ApplicationFailure> {
    const error: unknown = await telling.then(
      (told) => assert.fail(`all was settled: ${JSON.stringify(told)}`),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof ApplicationFailure, String(error));
    return error;
  }

  /** Addresses of each call, in order. */
  function calls(): readonly (readonly string[])[] {
    return sendGrid.asked.map(({ body }) =>
      body.personalizations.flatMap(({ to }) => to.map(({ email }) => email)),
    );
  }

  return {
    get world() {
      return world;
    },
    get sendGrid() {
      return sendGrid;
    },
    aLowClient,
    aWorker,
    tell,
    failureOf,
    calls,
  };
}
