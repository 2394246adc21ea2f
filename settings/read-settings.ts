import { durationMs } from '../domain/duration.js';
import { messageOf } from '../domain/error-message.js';

/** Settings as a process was given them. Only `worker/settings.ts` reads `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting is missing or wrong. The message names it, says what was expected and gives an example; never a secret's value. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** The trimmed value; undefined where it is empty or not set. */
export function text(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}

export function missing(name: string, example: string): never {
  throw new SettingsError(`${name} is not set. Expected for example: ${name}='${example}'`);
}

export function oneOf<T extends string>(
  env: Environment,
  name: string,
  values: readonly T[],
  byDefault: T,
): T {
  const value = text(env, name)?.toLowerCase();
  if (value === undefined) return byDefault;
  const found = values.find((each) => each === value);
  if (found === undefined)
    throw new SettingsError(`${name} is "${value}". Expected one of ${values.join(', ')}`);
  return found;
}

/** The address that paths are appended to. Messages and `doctor` show it, so it holds no password. */
export function httpUrl(env: Environment, name: string): string | undefined {
  const value = text(env, name);
  if (value === undefined) return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url && (url.username !== '' || url.password !== '' || /[?#]/.test(value))) {
    throw new SettingsError(
      `${name} holds a user, a password, or parameters. Expected an address alone, such as https://api.example.com`,
    );
  }
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new SettingsError(`${name} is "${value}". Expected an address such as https://api.example.com`);
  }
  return value;
}

export function flag(env: Environment, name: string, byDefault: boolean): boolean {
  const value = text(env, name)?.toLowerCase();
  if (value === undefined) return byDefault;
  if (['1', 'true', 'yes', 'on'].includes(value)) return true;
  if (['0', 'false', 'no', 'off'].includes(value)) return false;
  throw new SettingsError(`${name} is "${value}". Expected true or false`);
}

export function count(
  env: Environment,
  name: string,
  byDefault: number,
  least: number,
  most = Infinity,
): number {
  const value = text(env, name);
  if (value === undefined) return byDefault;
  if (!/^\d{1,9}$/.test(value) || Number(value) < least || Number(value) > most) {
    const to = most === Infinity ? '' : ` to ${most}`;
    throw new SettingsError(`${name} is "${value}". Expected a whole number from ${least}${to}`);
  }
  return Number(value);
}

/** `least` is 0 where that means none. */
export function port(env: Environment, name: string, byDefault: number, least: 0 | 1): number {
  return count(env, name, byDefault, least, 65_535);
}

/** A number that has no default; undefined where it is not set. */
export function optionalCount(env: Environment, name: string, least: number): number | undefined {
  return text(env, name) === undefined ? undefined : count(env, name, 0, least);
}

/** In milliseconds, a second at least. */
export function duration(env: Environment, name: string, byDefault: string): number {
  const value = text(env, name) ?? byDefault;
  let ms: number;
  try {
    ms = durationMs(value);
  } catch (error) {
    throw new SettingsError(`${name}: ${messageOf(error)}`, {
      cause: error,
    });
  }
  if (ms < 1_000) throw new SettingsError(`${name} is "${value}". Expected at least 1s`);
  return ms;
}
