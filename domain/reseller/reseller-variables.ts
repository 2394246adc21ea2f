import type { ResellerContent } from './reseller-content.js';

/** A variable of the workers' environment that a reseller's settings name. */
export interface NamedVariable {
  readonly variable: string;
  readonly reseller: string;
  /** `its SendGrid key` or `the secret of its webhook crm`. */
  readonly what: string;
}

export function variablesOf(reseller: string, content: ResellerContent): readonly NamedVariable[] {
  const { sendGrid, webhooks = {} } = content;
  return [
    ...(sendGrid ? [{ variable: sendGrid.apiKeyVariable, reseller, what: 'its SendGrid key' }] : []),
    ...Object.entries(webhooks).map(([name, { secretVariable }]) => ({
      variable: secretVariable,
      reseller,
      what: `the secret of its webhook ${name}`,
    })),
  ];
}
