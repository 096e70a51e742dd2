/** What the bot hides at the end of its reply to `/ok-to-build`: the word for one commit. */
export function approvalMarker(commit: string): string {
  return `<!-- pinwheel:ok-to-build ${commit} -->`;
}

/** Only at the very end, where nothing of anybody else's can stand: a log that is quoted has what it likes. */
const atEnd =
  /\n\n((?:<!-- pinwheel:ok-to-build [0-9a-f]{40} -->\n)+)\n?<!-- pinwheel:topic command-\d+ -->\s*$/;

/** Whether one of the bot's own comments has the word for this commit. */
export function isApproved(own: readonly string[], commit: string): boolean {
  return own.some((body) => {
    const words = atEnd.exec(body.replaceAll('\r\n', '\n'))?.[1];
    return words?.includes(approvalMarker(commit)) === true;
  });
}
