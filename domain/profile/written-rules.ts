import type { AdvancedRule, ClientNotification, ProfileFile, UserNotification } from './profile-file.js';

/** Names one rule of a profile: `user`, `client` or `advanced:<name>`. Counters are kept under it. */
export type RuleKey = 'user' | 'client' | `advanced:${string}`;

/** In whose words the notices of a rule are written: the reseller's staff or the client. */
export type Audience = 'staff' | 'client';

/** A rule of any kind as it is written. */
export type WrittenRule = Omit<AdvancedRule, 'name'> &
  Partial<Pick<AdvancedRule, 'name'> & Pick<UserNotification, 'users'>>;

/** A rule with what follows from where it stands in the file. */
export interface PlacedRule {
  readonly key: RuleKey;
  readonly audience: Audience;
  /** The path of the rule in its file, such as `['advancedRules', 0]`. */
  readonly place: readonly (string | number)[];
  readonly rule: WrittenRule;
}

type Rule = UserNotification | ClientNotification | AdvancedRule;

/** The fields of a profile that hold a rule or a list of rules. */
export type RuleField = {
  [Name in keyof ProfileFile]-?: NonNullable<ProfileFile[Name]> extends Rule | readonly Rule[] ? Name : never;
}[keyof ProfileFile];

interface RulePlace {
  readonly audience: Audience;
  readonly keyOf: (rule: WrittenRule) => RuleKey;
}

/** The places of rules in a file, in the order in which mails and pages name them. */
const rulePlaces = {
  userNotification: { audience: 'staff', keyOf: () => 'user' },
  clientNotification: { audience: 'client', keyOf: () => 'client' },
  advancedRules: { audience: 'client', keyOf: ({ name }) => `advanced:${name}` },
} as const satisfies Readonly<Record<RuleField, RulePlace>>;

export const ruleFields = Object.keys(rulePlaces) as readonly RuleField[];

/** Every rule of a profile, or of an edit of one, whose `null` takes a field away. */
export function writtenRules(file: {
  readonly [Name in RuleField]?: ProfileFile[Name] | null;
}): readonly PlacedRule[] {
  return ruleFields.flatMap((field) => {
    const { audience, keyOf }: RulePlace = rulePlaces[field];
    const placed = (rule: WrittenRule, place: PlacedRule['place']): PlacedRule => ({
      key: keyOf(rule),
      audience,
      place,
      rule,
    });
    const written: WrittenRule | readonly WrittenRule[] = file[field] ?? [];
    return isList(written)
      ? written.map((rule, index) => placed(rule, [field, index]))
      : [placed(written, [field])];
  });
}

function isList(written: WrittenRule | readonly WrittenRule[]): written is readonly WrittenRule[] {
  return Array.isArray(written);
}
