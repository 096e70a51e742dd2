/** A command that was taken before. */
export interface PastRequest {
  readonly login: string;
  /** Of the pull request or issue. */
  readonly issue: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Commands of an hour that ends now, so that nobody waits for a full one. */
export interface RequestLimits {
  readonly user: number;
  readonly issue: number;
  readonly repository: number;
}

/** One number is set; several people share a pull request, and many a repository. */
export function requestLimits(commandsPerHour: number): RequestLimits {
  return { user: commandsPerHour, issue: 2 * commandsPerHour, repository: 6 * commandsPerHour };
}

export type Slot =
  | { readonly kind: 'free' }
  | {
      readonly kind: 'full';
      readonly scope: 'user' | 'issue' | 'repository';
      readonly limit: number;
      /** When the next one is taken, in milliseconds since 1970. */
      readonly at: number;
    };

const hour = 3_600_000;

/** Whether somebody may ask for one thing more, and if not, when. The latest of all limits counts. */
export function nextSlot(
  past: readonly PastRequest[],
  asked: PastRequest,
  limits: RequestLimits,
): Slot {
  const recent = past.filter(({ at }) => at > asked.at - hour && at <= asked.at);
  const scopes = [
    { scope: 'user', of: recent.filter(({ login }) => sameLogin(login, asked.login)) },
    { scope: 'issue', of: recent.filter(({ issue }) => issue === asked.issue) },
    { scope: 'repository', of: recent },
  ] as const;
  let slot: Slot = { kind: 'free' };
  for (const { scope, of } of scopes) {
    const limit = limits[scope];
    if (of.length < limit) continue;
    // The one whose end makes room: with several too many, not the oldest.
    const times = of.map(({ at }) => at).sort((a, b) => a - b);
    const at = (times[of.length - limit] ?? asked.at) + hour;
    if (slot.kind === 'free' || at > slot.at) slot = { kind: 'full', scope, limit, at };
  }
  return slot;
}

/** GitHub's logins are the same in small letters. */
function sameLogin(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
