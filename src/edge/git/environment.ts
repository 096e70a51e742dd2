import type { Remote } from './remote.ts';

/** What a caller may set for one call; everything else is decided here. */
export type CallVariable =
  | 'GIT_INDEX_FILE'
  | 'GIT_OBJECT_DIRECTORY'
  | 'GIT_ALTERNATE_OBJECT_DIRECTORIES'
  | 'GIT_AUTHOR_NAME'
  | 'GIT_AUTHOR_EMAIL'
  | 'GIT_AUTHOR_DATE'
  | 'GIT_COMMITTER_NAME'
  | 'GIT_COMMITTER_EMAIL'
  | 'GIT_COMMITTER_DATE';

export interface EnvironmentRequest {
  readonly directory: string;
  /** Marks every process of one call, so that all of them can be found and ended. */
  readonly mark: string;
  readonly deadlineMs: number;
  readonly remote?: Remote;
  readonly config?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Partial<Record<CallVariable, string>>>;
}

/** Of the surrounding environment git sees these and no others. */
const passedThrough = [
  'PATH',
  'TMPDIR',
  'USER',
  'LOGNAME',
  'SSH_AUTH_SOCK',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'CURL_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'GIT_SSL_CAPATH',
  'http_proxy',
  'https_proxy',
  'HTTPS_PROXY',
  'all_proxy',
  'ALL_PROXY',
  'no_proxy',
  'NO_PROXY',
];

/** The name of the remote in the configuration of a call; no file holds its URL. */
export const remoteName = 'upstream';

export const markVariable = 'PINWHEEL_GIT_CALL';

/** The whole environment of one git process: nothing of this machine's git configuration has a say. */
export function gitEnvironment(request: EnvironmentRequest): Readonly<Record<string, string>> {
  const { directory, mark, remote, variables } = request;
  return {
    ...passedOn(process.env),
    // No home: no .netrc, no attributes. ssh finds its keys by the user's id, not by HOME.
    HOME: '/dev/null',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    GIT_SSH_COMMAND: 'ssh -oBatchMode=yes -oControlMaster=no -oConnectTimeout=30',
    GIT_OPTIONAL_LOCKS: '0',
    // Newer gits obey this one. Older ones have no remote to fetch from: see GIT_ALLOW_PROTOCOL.
    GIT_NO_LAZY_FETCH: '1',
    GIT_PROTOCOL_FROM_USER: '0',
    GIT_ALLOW_PROTOCOL: remote?.protocols ?? 'none',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    // The directory is a repository, or there is none: git does not look for one further up.
    GIT_CEILING_DIRECTORIES: parentOf(directory),
    [markVariable]: mark,
    ...asConfigVariables(configurationOf(request)),
    ...variables,
  };
}

/** simple-git wants to be told every guarded name that it is to let through. */
export function guardedNames(environment: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(environment).filter((name) => name.startsWith('GIT_'));
}

function passedOn(environment: NodeJS.ProcessEnv): Record<string, string> {
  const entries = passedThrough.map((name) => [name, environment[name]] as const);
  return Object.fromEntries(
    entries.filter((entry): entry is readonly [string, string] => entry[1] !== undefined),
  );
}

function configurationOf({ deadlineMs, remote, config }: EnvironmentRequest): readonly Setting[] {
  return [
    // Every call names its directory; whose it is decides nothing (bind mounts in containers).
    ['safe.directory', '*'],
    ['gc.auto', '0'],
    ['maintenance.auto', 'false'],
    ['http.followRedirects', 'initial'],
    // Where a helper outlives git (no /proc to find it in), a silent server does not keep it for ever.
    ['http.lowSpeedLimit', '1'],
    ['http.lowSpeedTime', `${Math.ceil(deadlineMs / 1000) + 1}`],
    ...(remote ? [[`remote.${remoteName}.url`, remote.url] as const] : []),
    ...Object.entries(config ?? {}),
  ];
}

type Setting = readonly [key: string, value: string];

/** As variables, not as `-c` arguments: arguments are there for every user of the machine to read. */
function asConfigVariables(settings: readonly Setting[]): Record<string, string> {
  const keys = settings.map(([key], index) => [`GIT_CONFIG_KEY_${index}`, key] as const);
  const values = settings.map(([, value], index) => [`GIT_CONFIG_VALUE_${index}`, value] as const);
  return { GIT_CONFIG_COUNT: `${settings.length}`, ...Object.fromEntries([...keys, ...values]) };
}

function parentOf(directory: string): string {
  return directory.replace(/\/+$/, '').replace(/\/[^/]*$/, '') || '/';
}
