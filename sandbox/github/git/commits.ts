import { readTyped, writeObject } from './objects.ts';

export interface Signature {
  readonly name: string;
  readonly email: string;
  /** Seconds since 1970. */
  readonly seconds: number;
}

export interface Commit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
}

export async function writeCommit(dir: string, commit: Omit<Commit, 'sha'>): Promise<string> {
  const lines = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${formatSignature(commit.author)}`,
    `committer ${formatSignature(commit.committer)}`,
  ];
  return writeObject(dir, 'commit', `${lines.join('\n')}\n\n${commit.message}`);
}

function formatSignature({ name, email, seconds }: Signature): string {
  return `${clean(name)} <${clean(email)}> ${seconds} +0000`;
}

/** What git itself leaves out of names. */
function clean(text: string): string {
  return text.replace(/[<>\n\0]/g, '').trim();
}

export async function readCommit(dir: string, sha: string): Promise<Commit | undefined> {
  const bytes = await readTyped(dir, sha, 'commit');
  return bytes && parseCommit(sha, bytes.toString());
}

function parseCommit(sha: string, text: string): Commit {
  const end = text.indexOf('\n\n');
  // Continued lines (a signature) begin with a space and are none of these.
  const lines = text.slice(0, end).split('\n');
  function values(key: string): readonly string[] {
    return lines
      .filter((line) => line.startsWith(`${key} `))
      .map((line) => line.slice(key.length + 1));
  }
  return {
    sha,
    tree: values('tree')[0] ?? '',
    parents: values('parent'),
    author: parseSignature(values('author')[0] ?? ''),
    committer: parseSignature(values('committer')[0] ?? ''),
    message: text.slice(end + 2),
  };
}

function parseSignature(text: string): Signature {
  const [, name = '', email = '', seconds = '0'] = /^(.*?) ?<(.*)> (\d+)/.exec(text) ?? [];
  return { name, email, seconds: Number(seconds) };
}
