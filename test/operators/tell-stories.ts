import { statusText } from '../../cli/operate/status-text.js';
import { putProfile, startRealServers } from '../../dev/trial/real-servers.js';
import { play, stories, whileMailIsDown } from './stories.js';

// Plays each kind of story on a client of its own, and prints what `low-balance status` and the Temporal UI say of it:
// `npm run stories`.

const servers = await startRealServers();
await putProfile(servers.database, 'prepaid');
const worker = await servers.startWorker();
try {
  for (const [index, story] of [...stories, whileMailIsDown].entries()) {
    const details = await play(servers, story);
    const { clientId, title, says } = story;
    const missing = says.filter((expected) => !expected.test(details));
    process.stdout.write(
      `\n${index + 1}. ${clientId} ${title}\n\n${statusText(await servers.status(clientId))}\nIn the Temporal UI:\n\n${details}\n`,
    );
    if (missing.length > 0) {
      process.stdout.write(`\nExpected, and not found: ${missing.map(String).join(', ')}\n`);
      process.exitCode = 1;
    }
  }
} finally {
  await worker.stop();
  await servers.stop();
}
