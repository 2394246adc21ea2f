import { userInfo } from 'node:os';
import type { Environment } from '../../settings/read-settings.js';

const longest = 255;

/** Who does something by hand, for the history: as the line says it, else whom CI acts for, else the login. */
export function operatorOf(
  by: string | undefined,
  env: Environment,
  login: () => string = () => userInfo().username,
): string {
  const names = [by, env['GITHUB_ACTOR'], env['GITLAB_USER_LOGIN'], env['USER'], env['LOGNAME']];
  return (names.find((name) => name !== undefined && name.trim() !== '') ?? knownLogin(login)).slice(
    0,
    longest,
  );
}

function knownLogin(login: () => string): string {
  try {
    return login();
  } catch {
    // A container may run as a user that its system does not know.
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}
