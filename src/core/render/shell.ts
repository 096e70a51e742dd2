/** Text as one word of a shell command, for bash and zsh. */
export function shellWord(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  // What a terminal would act upon, or nobody would see, is written as bytes.
  if (!/[\p{C}\p{Zl}\p{Zp}]/u.test(text)) return `'${text.replaceAll("'", "'\\''")}'`;
  const escaped = text.replace(/[\\'\p{C}\p{Zl}\p{Zp}]/gu, (letter) =>
    [...new TextEncoder().encode(letter)]
      .map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`)
      .join(''),
  );
  return `$'${escaped}'`;
}
