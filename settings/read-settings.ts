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

export function httpUrl(env: Environment, name: string): string | undefined {
  const value = text(env, name);
  if (
    value !== undefined &&
    !(URL.canParse(value) && ['http:', 'https:'].includes(new URL(value).protocol))
  ) {
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

export function count(env: Environment, name: string, byDefault: number, least: number): number {
  const value = text(env, name);
  if (value === undefined) return byDefault;
  if (!/^\d{1,9}$/.test(value) || Number(value) < least) {
    throw new SettingsError(`${name} is "${value}". Expected a whole number from ${least}`);
  }
  return Number(value);
}

/** A number that has no default; undefined where it is not set. */
export function optionalCount(env: Environment, name: string, least: number): number | undefined {
  return text(env, name) === undefined ? undefined : count(env, name, 0, least);
}

export function duration(env: Environment, name: string, byDefault: string): number {
  try {
    return durationMs(text(env, name) ?? byDefault);
  } catch (error) {
    throw new SettingsError(`${name}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
