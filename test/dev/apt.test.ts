import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { installWithApt } from '../../dev/apt.js';
import { aFolder, recordSteps, writeProgram } from './a-folder.js';

describe('an installation with apt-get', () => {
  const folder = aFolder();

  before(function () {
    if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) this.skip();
  });

  // A stand-in for apt-get: writes down how it is called, and installs only once `lists` is there.
  const aptGet = (update: string) => `
echo "$*" >> "$(dirname "$0")/calls"
case "$*" in
  *update*) ${update} ;;
  *) [ -e "$(dirname "$0")/lists" ] || { echo "E: Unable to locate package" >&2; exit 100; } ;;
esac`;

  async function install(update: string) {
    await writeProgram(folder(), 'apt-get', aptGet(update));
    const { steps, progress } = recordSteps();
    const env = { PATH: `${folder()}:/usr/bin:/bin` };
    const howToChoose = 'set MYSQL_URL to use your own';
    const installed = await installWithApt({
      name: 'MySQL',
      packages: ['one', 'two'],
      howToChoose,
      env,
      progress,
    });
    return { installed, steps };
  }

  it('updates the package lists where they lack the package, and says each step', async () => {
    const { installed, steps } = await install('touch "$(dirname "$0")/lists"');
    assert.equal(installed, true);
    assert.deepEqual(steps, [
      'MySQL: installing one two with apt-get (set MYSQL_URL to use your own)',
      'MySQL: updating the package lists, as they lack it',
    ]);
    const calls = readFileSync(path.join(folder(), 'calls'), 'utf8').trim().split('\n');
    assert.deepEqual(
      calls.map((call) => call.replace('-o DPkg::Lock::Timeout=120 ', '')),
      [
        'install --yes --no-install-recommends one two',
        'update',
        'install --yes --no-install-recommends one two',
      ],
    );
  });

  it('that fails says what apt-get said and how to do without', async () => {
    await assert.rejects(install('exit 0'), {
      code: 'install-failed',
      message: /E: Unable to locate package[\s\S]*set MYSQL_URL/,
    });
  });

  it('is not tried where there is no apt-get', async () => {
    const { progress } = recordSteps();
    const install = { name: 'MySQL', packages: ['one'], howToChoose: '', env: { PATH: folder() }, progress };
    assert.equal(await installWithApt(install), false);
  });
});
