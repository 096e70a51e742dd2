/** A file as a commit leaves it; plain text or bytes make an ordinary file. */
export type FileContent =
  | string
  | Uint8Array
  | {
      readonly mode: 'file' | 'executable' | 'symlink';
      /** For a symlink, the path it points to. */
      readonly content: string | Uint8Array;
    };

export interface NewCommit {
  readonly message: string;
  /** By path; `null` removes the file. What is not named stays as it was. */
  readonly files?: Readonly<Record<string, FileContent | null>>;
  /** ISO. Default: one hour after the commit before it in the description, from 2025-01-01 on. */
  readonly date?: string;
  /** `Name <address>`, for author and committer. */
  readonly author?: string;
  /** A name by which tags, branches and merges of the same description mean this commit. */
  readonly label?: string;
  /** Further parents: labels, branches, or anything that git resolves. */
  readonly merges?: readonly string[];
  /** Forget the files of the parent first. */
  readonly fresh?: boolean;
}

export interface NewBranch {
  readonly name: string;
  /** A label, a branch, or anything that git resolves. Default: the branch itself, or no parent. */
  readonly from?: string;
  readonly commits?: readonly NewCommit[];
  /** True for a line whose branch has been deleted: its commits are held by tags or by other branches. */
  readonly deleted?: boolean;
}

export interface NewTag {
  readonly name: string;
  /** A label, a branch, or anything that git resolves. */
  readonly target: string;
  /** Without one the tag is a lightweight one. */
  readonly message?: string;
  /** ISO. Default: 2025-01-01. */
  readonly date?: string;
  readonly tagger?: string;
}

/** A repository as data, or what is new in one. Branches are made in order, then tags. */
export interface UpstreamDescription {
  /** What HEAD of a new repository names. Default: the first branch. */
  readonly defaultBranch?: string;
  readonly branches?: readonly NewBranch[];
  readonly tags?: readonly NewTag[];
  /** Full names of refs to take away. */
  readonly deletedRefs?: readonly string[];
}

/** What git is to be fed, and the labels whose ids it will print, in order. */
export interface ImportStream {
  readonly bytes: Buffer;
  readonly labels: readonly string[];
}

interface Writing {
  readonly parts: (string | Uint8Array)[];
  /** Marks of labelled commits. */
  readonly marks: Map<string, number>;
  /** Branches that are in the repository already. */
  readonly heads: ReadonlySet<string>;
  /** Branches that this stream has made or moved. */
  readonly moved: Set<string>;
  commits: number;
}

const nobody = 'Sandbox <sandbox@example.org>';
const noObject = '0'.repeat(40);
// 2025-01-01T00:00:00Z, in seconds.
const firstDate = 1_735_689_600;
const modes = { file: '100644', executable: '100755', symlink: '120000' } as const;

/** Writes a description in the language of `git fast-import`; `heads` are the branches that exist. */
export function writeImportStream(
  description: UpstreamDescription,
  heads: ReadonlySet<string>,
): ImportStream {
  const writing: Writing = { parts: [], marks: new Map(), heads, moved: new Set(), commits: 0 };
  for (const branch of description.branches ?? []) writeBranch(writing, branch);
  for (const tag of description.tags ?? []) writeTag(writing, tag);
  for (const ref of description.deletedRefs ?? []) writeDeletion(writing, ref);
  const labels = [...writing.marks.keys()];
  for (const label of labels) writing.parts.push(`get-mark :${writing.marks.get(label) ?? 0}\n`);
  writing.parts.push('done\n');
  return { bytes: Buffer.concat(writing.parts.map(toBytes)), labels };
}

function toBytes(part: string | Uint8Array): Uint8Array {
  return typeof part === 'string' ? Buffer.from(part) : part;
}

function writeBranch(writing: Writing, branch: NewBranch): void {
  const ref = `refs/heads/${branch.name}`;
  if (branch.from !== undefined) {
    writing.parts.push(`reset ${ref}\nfrom ${target(writing, branch.from)}\n\n`);
  }
  const parent = branch.from === undefined && writing.heads.has(branch.name) ? `${ref}^0` : '';
  for (const [index, commit] of (branch.commits ?? []).entries()) {
    writeCommit(writing, { ref, commit, parent: index === 0 ? parent : '' });
  }
  writing.moved.add(branch.name);
  if (branch.deleted === true) writeDeletion(writing, ref);
}

function writeCommit(
  writing: Writing,
  place: { readonly ref: string; readonly commit: NewCommit; readonly parent: string },
): void {
  const { ref, commit, parent } = place;
  writing.commits += 1;
  const mark = writing.commits;
  const who = `${commit.author ?? nobody} ${seconds(commit.date) ?? firstDate + mark * 3600} +0000`;
  writing.parts.push(`commit ${ref}\nmark :${mark}\nauthor ${who}\ncommitter ${who}\n`);
  writeData(writing, commit.message);
  if (parent !== '') writing.parts.push(`from ${parent}\n`);
  for (const other of commit.merges ?? []) {
    writing.parts.push(`merge ${target(writing, other)}\n`);
  }
  if (commit.fresh === true) writing.parts.push('deleteall\n');
  for (const [path, file] of Object.entries(commit.files ?? {})) writeFile(writing, path, file);
  writing.parts.push('\n');
  if (commit.label !== undefined) writing.marks.set(commit.label, mark);
}

function writeFile(writing: Writing, path: string, file: FileContent | null): void {
  if (file === null) {
    writing.parts.push(`D ${quoted(path)}\n`);
    return;
  }
  const plain = typeof file === 'string' || file instanceof Uint8Array;
  writing.parts.push(`M ${modes[plain ? 'file' : file.mode]} inline ${quoted(path)}\n`);
  writeData(writing, plain ? file : file.content);
}

function writeTag(writing: Writing, tag: NewTag): void {
  const from = target(writing, tag.target);
  if (tag.message === undefined) {
    writing.parts.push(`reset refs/tags/${tag.name}\nfrom ${from}\n\n`);
    return;
  }
  const who = `${tag.tagger ?? nobody} ${seconds(tag.date) ?? firstDate} +0000`;
  writing.parts.push(`tag ${tag.name}\nfrom ${from}\ntagger ${who}\n`);
  writeData(writing, tag.message);
}

function writeDeletion(writing: Writing, ref: string): void {
  writing.parts.push(`reset ${ref}\nfrom ${noObject}\n\n`);
}

function writeData(writing: Writing, content: string | Uint8Array): void {
  const bytes = toBytes(content);
  writing.parts.push(`data ${bytes.byteLength}\n`, bytes, '\n');
}

function target(writing: Writing, name: string): string {
  const mark = writing.marks.get(name);
  if (mark !== undefined) return `:${mark}`;
  return writing.moved.has(name) || writing.heads.has(name) ? `refs/heads/${name}` : name;
}

function seconds(date: string | undefined): number | undefined {
  return date === undefined ? undefined : Math.floor(Date.parse(date) / 1000);
}

/** fast-import takes paths in C's quotes, in which a newline is legal too. */
function quoted(path: string): string {
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
