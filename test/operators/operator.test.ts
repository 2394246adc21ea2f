import assert from 'node:assert/strict';
import { operatorOf } from '../../cli/operate/operator.js';

describe('who holds and releases', () => {
  const login = () => 'root';
  const unknown = () => {
    throw new Error('uv_os_get_passwd returned ENOENT');
  };
  const cases: readonly [title: string, found: string, expected: string | RegExp][] = [
    ['the line says it', operatorOf('olena', { GITHUB_ACTOR: 'petro' }, login), 'olena'],
    [
      'GitHub acts for somebody',
      operatorOf(undefined, { GITHUB_ACTOR: 'petro', USER: 'runner' }, login),
      'petro',
    ],
    [
      'GitLab acts for somebody',
      operatorOf(undefined, { GITLAB_USER_LOGIN: 'petro', USER: 'root' }, login),
      'petro',
    ],
    [
      'the environment names the login',
      operatorOf(undefined, { USER: '', LOGNAME: 'olena' }, login),
      'olena',
    ],
    ['nothing is said', operatorOf(undefined, { USER: ' ' }, login), 'root'],
    ['the system does not know its user', operatorOf(undefined, {}, unknown), /^user (\d+|unknown)$/],
    ['a name is long', operatorOf('x'.repeat(300), {}, login), 'x'.repeat(255)],
  ];
  for (const [title, found, expected] of cases)
    it(`is named where ${title}`, () => {
      if (typeof expected === 'string') assert.equal(found, expected);
      else assert.match(found, expected);
    });
});
