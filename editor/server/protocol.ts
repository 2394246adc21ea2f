/** What the extension asks of the server beyond the Language Server Protocol. Requests by their names. */
export const requests = {
  verb: 'lowBalance/verb',
  scenarios: 'lowBalance/scenarios',
  runScenarios: 'lowBalance/runScenarios',
  /** The languages that mails can be written in. */
  languages: 'lowBalance/languages',
} as const;

/** The verbs that an editor runs: they read, and `new` writes the files that it is asked for. */
export const editorVerbs = ['explain', 'history', 'list', 'new', 'preview'] as const;

export interface VerbRequest {
  /** The words after `low-balance`. */
  readonly words: readonly string[];
}

export interface VerbAnswer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface ScenarioPlace {
  readonly name: string;
  /** 0-based, as the protocol counts. */
  readonly line: number;
}

export interface ScenarioResult {
  readonly name: string;
  readonly ok: boolean;
  readonly milliseconds: number;
  /** Why it failed, for people, with the timeline around the difference. */
  readonly explanation: string;
  /** 0-based line of the entry of `expect` that differs, or of the scenario. */
  readonly line: number;
}
