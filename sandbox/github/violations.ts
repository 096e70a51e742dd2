/** Something that GitHub's description does not allow: a defect of the client, or of the sandbox. */
export interface Violation {
  readonly side: 'request' | 'answer' | 'webhook';
  /** `POST /repos/{owner}/{repo}/pulls`, or the webhook's name. */
  readonly what: string;
  readonly problems: readonly string[];
  readonly body: unknown;
}

/** What a test compares with nothing: `request POST /…: it must have …`. */
export function violationLines(violations: readonly Violation[]): readonly string[] {
  return violations.map(({ side, what, problems }) => `${side} ${what}: ${problems.join('; ')}`);
}
