import { argument, optionByPlace, optionWithDefault, type Parameter } from './parameters.js';
import { choice, clientId, folder, profileName } from './readers.js';
import { profilesFolder } from './repository.js';

// Arguments and options that several verbs take.

export const theClient = argument('client', 'the id of the client', clientId);

export const theProfile = argument('profile', '<reseller>/<slug>, or the path of its file', profileName);

export const theFolder = optionByPlace(
  '--folder <folder>',
  'the folder with the profiles',
  folder,
  ({ cwd }) => profilesFolder(cwd),
  'profiles/ of this folder, or of the nearest folder above that has one',
);

/** How a result is printed; `human` is the default. */
export function theFormat<const T extends string>(...others: readonly T[]): Parameter<'human' | T> {
  return optionWithDefault<'human' | T>(
    '--format <format>',
    '',
    choice<'human' | T>('human', ...others),
    'human',
  );
}
