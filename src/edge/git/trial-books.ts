import type { TrialMemo } from './trial-memo.ts';

/** What is known of one patch, by what was asked. */
type Book = Readonly<Record<string, unknown>>;

/**
 * Facts about patches. All of one patch are one entry of the memo: a queue that is tried on many sources
 * has hundreds of facts and few patches. What is recorded is kept when nobody has a source open any more.
 */
export interface TrialBooks {
  open(): void;
  close(): Promise<void>;
  /** `undefined` where nothing is known. */
  recall(patch: string, question: string): unknown;
  record(patch: string, question: string, fact: unknown): void;
}

/** Of one patch: years of releases. Those recorded first go first. */
const mostFacts = 200;

/**
 * Books of each repository: there are always sources open where many are tried, and what is known of those
 * that are done is not to be held, nor lost with the process.
 */
export function createBooksOf(memo: TrialMemo): (url: string) => TrialBooks {
  const all = new Map<string, TrialBooks>();
  return (url) => {
    const books = all.get(url) ?? createBooks(memo);
    all.set(url, books);
    return books;
  };
}

function createBooks(memo: TrialMemo): TrialBooks {
  const books = new Map<string, Book>();
  const fresh = new Map<string, Map<string, unknown>>();
  let open = 0;
  async function keep(patch: string, facts: ReadonlyMap<string, unknown>): Promise<void> {
    const all = [...Object.entries(read(memo, patch)), ...facts];
    await memo.remember(keyOf(patch), Object.fromEntries(all.slice(-mostFacts)));
  }
  return {
    open: () => {
      open += 1;
    },
    close: async () => {
      open -= 1;
      if (open > 0) return;
      books.clear();
      const due = [...fresh];
      fresh.clear();
      await Promise.all(due.map(([patch, facts]) => keep(patch, facts)));
    },
    recall: (patch: string, question: string) => {
      const recorded = fresh.get(patch)?.get(question);
      if (recorded !== undefined) return recorded;
      const facts = books.get(patch) ?? read(memo, patch);
      books.set(patch, facts);
      return Object.hasOwn(facts, question) ? facts[question] : undefined;
    },
    record: (patch, question, fact) => {
      const facts = fresh.get(patch) ?? new Map<string, unknown>();
      fresh.set(patch, facts.set(question, fact));
    },
  };
}

function keyOf(patch: string): readonly unknown[] {
  return ['patch', patch];
}

function read(memo: TrialMemo, patch: string): Book {
  return (memo.remembered(keyOf(patch)) as Book | undefined) ?? {};
}
