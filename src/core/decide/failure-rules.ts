import type { FailureClass } from '../model/build.ts';

/** What a line of a log says. The one of the highest rank counts, and of those the first. */
export interface FailureRule {
  readonly class: FailureClass;
  /** 3: says what is wrong. 2: says that something went wrong there. 1: a last resort. */
  readonly rank: 1 | 2 | 3;
  readonly pattern: RegExp;
}

function rules(kind: FailureClass, rank: 1 | 2 | 3, patterns: readonly RegExp[]): FailureRule[] {
  return patterns.map((pattern) => ({ class: kind, rank, pattern }));
}

/*
 * From what git, patch, pip, uv, apt, dpkg, bindep, BuildKit, pytest, unittest, stestr and our scripts print. Lines
 * come clean: without times, step numbers and colours.
 */
export const failureRules: readonly FailureRule[] = [
  ...rules('patch', 3, [
    /^error: patch failed: /,
    /^error: .+: patch does not apply$/,
    /^error: (?:corrupt|malformed) patch/,
    /^error: patch fragment without header/,
    /^error: No valid patches in input/,
    /^error: .+: (?:does not (?:exist in|match) index|already exists in (?:index|working directory))$/,
    /^error: [^'"]+: No such file or directory$/,
    /^error: (?:sha1 information is lacking|repository lacks the necessary blob)/,
    /^CONFLICT \(/,
    /^Hunk #\d+ FAILED at /,
    /^can't find file to patch at input line/,
    /^patch: \*\*\*\* /,
    /^Reversed \(or previously applied\) patch detected/,
    /\.patch\b.*\b(?:conflict|malformed|refused)\b/,
    / does not apply: /,
  ]),
  ...rules('patch', 2, [/^Patch failed at \d+/, /^\d+ out of \d+ hunks? (?:FAILED|ignored)/]),

  ...rules('constraints', 3, [
    /^The conflict is caused by:/,
    /Cannot install .+ because (?:these package versions|of) /,
    /Could not find a version that satisfies the requirement (?!.*\(from versions: none\))/,
    /No solution found when resolving/,
    /requires a different Python: /,
    /^ERROR: (?:Invalid (?:requirement|constraint)|Constraints cannot have|Links are not allowed as constraints|Unnamed requirements are not allowed as constraints|Double requirement given)/,
    /Couldn't parse (?:requirement|constraint) in /,
    /THESE PACKAGES DO NOT MATCH THE HASHES/,
    /^error: Couldn.t parse (?:requirement|constraint)/,
    /: its source has no extra /,
  ]),
  ...rules('constraints', 2, [
    /Could not find a version that satisfies the requirement/,
    /ResolutionImpossible/,
    /No matching distribution found for /,
    / has requirement .+, but you have /,
    /^\S+ \S+ requires .+, which is not installed\./,
  ]),

  ...rules('wheel build', 3, [
    /fatal error: .+\.(?:h|hpp): No such file or directory/,
    /(?:unable to execute|command|error:) '?\S*(?:gcc|g\+\+|cc|clang|cargo)'?(?: failed)?: No such file/,
    /pkg-config.+(?:is required|not found|could not be found)/i,
    /was not found in the pkg-config search path/,
    /(?:can't find|requires?|need) (?:a |the )?Rust (?:compiler|toolchain)/i,
    /Cargo, the Rust package manager, is not installed/,
    /Versioning for this project requires either an sdist tarball/,
    /invalid command 'bdist_wheel'/,
    /^\s*(?:cc|gcc|ld|collect2|rustc)\S*: error: /,
    /No module named '(?:setuptools|pkg_resources|distutils|wheel|pbr|Cython|numpy\.distutils|poetry|hatchling|maturin)'/,
    /linker `cc` not found/,
  ]),
  ...rules('wheel build', 2, [
    /subprocess-exited-with-error/,
    /did not run successfully\.?$/,
    /Failed building wheel for /,
    /Failed to build [`'\w]/,
    /Could not build wheels for /,
    /metadata-generation-failed/,
    /legacy-install-failure/,
    /The build backend returned an error/,
  ]),

  ...rules('system package', 3, [
    /^E: Unable to locate package /,
    /^E: Version '.+' for '.+' was not found/,
    /^E: Package '.+' has no installation candidate/,
    /^The following packages have unmet dependencies/,
    /^dpkg: (?:error|dependency problems)/,
    /^Missing packages:/,
    /^Bad versions of installed packages:/,
    /^E: Couldn't find any package by /,
  ]),
  ...rules('system package', 2, [
    /^E: Unable to correct problems, you have held broken packages/,
    /^E: Sub-process \S*dpkg returned an error code/,
    /^E: Unmet dependencies/,
  ]),

  ...rules('registry or network', 3, [
    /^E: Failed to fetch /,
    /^Err:\d+ /,
    /^E: The repository '.+' (?:does not have|no longer has|is no longer signed)/,
    /Hash Sum mismatch/,
    /^fatal: unable to access /,
    /^(?:fatal|error): (?:RPC failed|early EOF|the remote end hung up|Could not read from remote)/i,
    /failed to (?:resolve source metadata|do request|fetch (?:oauth|anonymous) token|authorize)/,
    /toomanyrequests|Too Many Requests|pull rate limit/i,
    /unexpected status(?: code| from)? .*(?:\b4(?:01|03|29)\b|\b5\d\d\b)/,
    /^(?:ERROR: )?(?:unauthorized|denied): /,
    /pull access denied|insufficient_scope/,
    /TLS handshake timeout|i\/o timeout|\bdial tcp\b/,
    /error sending request for url/,
    /The runner has received a shutdown signal|lost communication with the server/,
  ]),
  ...rules('registry or network', 2, [
    /WARNING: Retrying \(Retry\(/,
    /Temporary failure in name resolution|Name or service not known|Could not resolve/,
    /Max retries exceeded with url|ReadTimeoutError|NewConnectionError|ConnectionResetError/,
    /Connection (?:timed out|reset by peer)/,
    /Failed to fetch: `https?:/,
  ]),

  ...rules('test', 3, [
    /^FAILED (?:\S+::|[\w .-]+: )/,
    /^(?:FAIL|ERROR): \w+ \(/,
    /^ERROR (?:collecting )?\S+\.py\b/,
    /^_{3,} (?:ERROR collecting )?\S.* _{3,}$/,
    /^ImportError while importing test module/,
    /\.\.\. FAILED$/,
    /MismatchError: /,
  ]),
  ...rules('test', 2, [
    /^E {3}\S/,
    /^={3,} .*\b\d+ failed\b/,
    /AssertionError\b/,
    /^(?:ModuleNotFoundError|ImportError): /,
    /^FAILED \(/,
    /health ?check failed|container is unhealthy/i,
  ]),
  ...rules('test', 1, [/^(?:[a-z_][\w]*\.)*[A-Z]\w*(?:Error|Exception): /]),
];
