/**
 * A component's name: the last part of `openstack/<name>`, and a folder of `images/` and `patches/`.
 * Written without flags, because the JSON Schema of the policy file has it too.
 */
export const componentName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

export const aComponentName = 'a component name (letters, digits, dot, dash and underscore)';

/** `2025.2`: all series since 2023.1 have such an id. */
export const seriesId = /^[0-9]{4}\.[0-9]{1,2}$/;

/** Protocols that git may use, and `user@host:path`; no host, user or path that looks like an option. */
export const gitUrl =
  /^(?:(?:https?|ssh|git):\/\/(?:[A-Za-z0-9_][A-Za-z0-9._-]*@)?(?:[A-Za-z0-9_][A-Za-z0-9._-]*|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?\/[!-~]+|file:\/\/\/[!-~]+|[A-Za-z0-9_][A-Za-z0-9._-]*@[A-Za-z0-9_][A-Za-z0-9._-]*:[!-,.-~][!-~]*)$/;

export const aGitUrl =
  'a git URL (https, http, ssh, git, file or user@host:path) without a password';
