/** All branches of the bot start with this, and none of anybody else. */
export const botPrefix = 'pinwheel/';

export function isBotBranch(name: string): boolean {
  return name.startsWith(botPrefix);
}
