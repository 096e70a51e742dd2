/** Text from a file inside a message: on one line, without what cannot be seen, and short. */
export function shownText(text: string): string {
  const line = text.slice(0, 200).replace(/\s+/g, ' ').replace(/\p{C}/gu, '\u{fffd}').trim();
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

/** Text from a file as the object of a sentence. */
export function quotedText(text: string): string {
  return `\`${shownText(text).replaceAll('`', "'")}\``;
}
