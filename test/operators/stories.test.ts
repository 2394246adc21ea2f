import assert from 'node:assert/strict';
import type { Service } from '../../worker/service.js';
import { putProfile, startRealServers, type RealServers } from '../../dev/trial/real-servers.js';
import { play, stories, whileMailIsDown } from './stories.js';

describe("a client's page answers why it was, or was not, told", () => {
  let servers: RealServers;
  let worker: Service;

  before(async () => {
    servers = await startRealServers();
    await putProfile(servers.database, 'prepaid');
    worker = await servers.startWorker();
  });
  after(async () => {
    await worker?.stop();
    await servers?.stop();
  });

  for (const story of [...stories, whileMailIsDown]) {
    it(`${story.clientId} ${story.title}`, async () => {
      const page = await play(servers, story);
      for (const expected of story.says) assert.match(page, expected);
    });
  }
});
