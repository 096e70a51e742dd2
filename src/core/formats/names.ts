/**
 * A component's name: the last part of `openstack/<name>`, and a folder of `images/` and `patches/`.
 * Written without flags, because the JSON Schema of the policy file has it too.
 */
export const componentName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

export const aComponentName = 'a component name (letters, digits, dot, dash and underscore)';

/** `2025.2`: all series since 2023.1 have such an id. */
export const seriesId = /^[0-9]{4}\.[0-9]{1,2}$/;
