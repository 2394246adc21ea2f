import assert from 'node:assert/strict';
import { provideChromium } from '../../dev/chromium.js';
import { silentProgress as progress } from '../../dev/progress.js';
import { aFolder, writeProgram } from './a-folder.js';

describe('Chromium', () => {
  const folder = aFolder();

  it('is the given one', async () => {
    const env = { PATH: folder() };
    assert.equal(await provideChromium({ executablePath: '/some/browser', env, progress }), '/some/browser');
  });

  it('is the one on PATH, or Chrome', async () => {
    const env = { PATH: folder() };
    const chrome = await writeProgram(folder(), 'google-chrome', 'exit 0');
    assert.equal(await provideChromium({ env, progress }), chrome);
    const chromium = await writeProgram(folder(), 'chromium', 'exit 0');
    assert.equal(await provideChromium({ env, progress }), chromium);
  });

  it('is asked for where it is nowhere and cannot be installed', async () => {
    await assert.rejects(provideChromium({ env: { PATH: folder() }, progress }), {
      code: 'chromium-missing',
      message: /apt-get install chromium/,
    });
  });
});
