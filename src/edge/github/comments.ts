import { isRefusal } from '../../core/model/failures.ts';
import type { Opened } from './opened.ts';

interface Comment {
  readonly issue: number;
  /** Letters and hyphens. */
  readonly topic: string;
  /** Markdown. */
  readonly body: string;
  /** The bot's own account: what others wrote is theirs. */
  readonly account: string;
}

/** Comments of the bot: one for a topic, edited in place. */
export interface Comments {
  /** Says something once; writes nothing where it stands there already. */
  ensure(comment: Comment): Promise<void>;
  /** The same as a courtesy: `false` where GitHub takes none, as in a locked conversation. */
  offer(comment: Comment): Promise<boolean>;
  /** Texts of those that the bot wrote on an issue. */
  own(issue: number, account: string): Promise<readonly string[]>;
}

export function openComments(opened: Opened): Comments {
  const { octokit, at } = opened;
  return {
    own: async (issue, account) => {
      const asked = { ...at, issue_number: issue, per_page: 100 };
      const all = await octokit.paginate(octokit.rest.issues.listComments, asked);
      return all.flatMap(({ user, body }) =>
        user?.login === account && body !== undefined ? [body] : [],
      );
    },
    ensure: (comment) => ensureComment(opened, comment),
    offer: (comment) => offerComment(opened, comment),
  };
}

async function ensureComment(
  { octokit, at }: Opened,
  { issue, topic, body, account }: Comment,
): Promise<void> {
  const marker = `<!-- pinwheel:topic ${topic} -->`;
  const wanted = `${body.trimEnd()}\n\n${marker}\n`;
  const asked = { ...at, issue_number: issue, per_page: 100 };
  const all = await octokit.paginate(octokit.rest.issues.listComments, asked);
  const own = all.find(
    ({ user, body: text }) => user?.login === account && text?.includes(marker) === true,
  );
  if (!own) await octokit.rest.issues.createComment({ ...at, issue_number: issue, body: wanted });
  else if (normal(own.body) !== normal(wanted)) {
    await octokit.rest.issues.updateComment({ ...at, comment_id: own.id, body: wanted });
  }
}

async function offerComment(opened: Opened, comment: Comment): Promise<boolean> {
  try {
    await ensureComment(opened, comment);
    return true;
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
}

/** GitHub gives bodies back with CRLF, and without the last line end. */
function normal(text: string | undefined): string {
  return (text ?? '').replaceAll('\r\n', '\n').trimEnd();
}
