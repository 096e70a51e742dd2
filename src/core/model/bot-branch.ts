/** All branches of the bot start with this, and none of anybody else. */
export const botPrefix = 'pinwheel/';

/** People ask the bot to leave a pull request alone with this label. */
export const holdLabel = 'pinwheel/hold';

export function isBotBranch(name: string): boolean {
  return name.startsWith(botPrefix);
}
