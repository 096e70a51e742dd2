import { isRole } from '../../core/model/command.ts';
import type { Role } from '../../core/model/command.ts';
import { hasStatus, orGone } from './failure.ts';
import type { Opened } from './opened.ts';

/** A comment on a pull request or an issue. */
export interface IssueComment {
  readonly id: number;
  readonly body: string;
  readonly author: string;
  readonly isBot: boolean;
  /** True where somebody changed it after it was written. */
  readonly edited: boolean;
  /** When it was written, in milliseconds since 1970. */
  readonly at: number;
}

/** What a comment stands on. */
export interface Conversation {
  readonly number: number;
  readonly isPull: boolean;
  readonly open: boolean;
  readonly locked: boolean;
  readonly labels: readonly string[];
}

type Reaction = 'eyes' | 'rocket' | 'confused';

/** How people and the bot talk. */
export interface Talk {
  /** `undefined` where it is gone. */
  comment(id: number): Promise<IssueComment | undefined>;
  /** `undefined` where it is gone. */
  conversation(number: number): Promise<Conversation | undefined>;
  /** The same reaction twice is one. `false` where GitHub takes none: it is a courtesy, nothing depends on it. */
  react(comment: number, content: Reaction): Promise<boolean>;
  /** What somebody may do here; never what they are called. */
  role(login: string): Promise<Role>;
  /** Takes a label off; none is fine too. */
  removeLabel(issue: number, label: string): Promise<void>;
}

export function openTalk(opened: Opened): Talk {
  const { octokit, at } = opened;
  return {
    comment: (id) => orGone(() => commentOf(opened, id)),
    conversation: (number) => orGone(() => conversationOf(opened, number)),
    react: (comment, content) => reactTo(opened, comment, content),
    role: (login) => roleOf(opened, login),
    removeLabel: async (issue, label) => {
      await orGone(() =>
        octokit.rest.issues.removeLabel({ ...at, issue_number: issue, name: label }),
      );
    },
  };
}

async function reactTo(
  { octokit, at }: Opened,
  comment: number,
  content: Reaction,
): Promise<boolean> {
  try {
    await octokit.rest.reactions.createForIssueComment({ ...at, comment_id: comment, content });
    return true;
  } catch (error) {
    if (hasStatus(error, 403, 404, 422)) return false;
    throw error;
  }
}

async function commentOf({ octokit, at }: Opened, id: number): Promise<IssueComment> {
  const { data } = await octokit.rest.issues.getComment({ ...at, comment_id: id });
  const { body = '', user, created_at: created, updated_at: updated } = data;
  return {
    ...{ id, body, author: user?.login ?? '', isBot: user?.type === 'Bot' },
    ...{ edited: updated !== created, at: Date.parse(created) },
  };
}

async function conversationOf({ octokit, at }: Opened, number: number): Promise<Conversation> {
  const { data } = await octokit.rest.issues.get({ ...at, issue_number: number });
  const labels = data.labels.map((one) => (typeof one === 'string' ? one : (one.name ?? '')));
  const isPull = data.pull_request !== undefined;
  return { number, isPull, open: data.state === 'open', locked: data.locked, labels };
}

/** `permission` folds maintain into write and triage into read; a custom role has only that. */
async function roleOf({ octokit, at }: Opened, login: string): Promise<Role> {
  const answer = await orGone(() =>
    octokit.rest.repos.getCollaboratorPermissionLevel({ ...at, username: login }),
  );
  if (!answer) return 'none';
  const { role_name: name, permission } = answer.data;
  if (isRole(name)) return name;
  return isRole(permission) ? permission : 'none';
}
