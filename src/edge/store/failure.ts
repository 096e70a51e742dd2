import { WorldError } from '../../core/model/failures.ts';

const awayCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  // SQLSTATE: shut down by its operator, crashed, not yet up, full.
  '57P01',
  '57P02',
  '57P03',
  '53300',
]);

/** `pg` gives these without a code. */
const awayWords =
  /^(Connection terminated|Client (was closed|has encountered a connection error)|timeout e(xceeded|xpired)|Query read timeout)/;

/** True where the database could not be reached or went away: what was asked may be asked again. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.some(isAway);
  const code = codeOf(error);
  return awayCodes.has(code) || code.startsWith('08') || awayWords.test(error.message);
}

/** True where what was to be written may be at fault: data, a constraint, a limit, or our own code. */
export function blamesItem(error: unknown): boolean {
  const code = codeOf(error);
  return code === '' ? !isAway(error) : /^(22|23|54)/.test(code);
}

/** SQLSTATE or the code of a system error, else nothing. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

/** What another program or library said, as one line. */
export function oneLine(error: unknown): string {
  const message = error instanceof Error ? messageOf(error) : String(error);
  return message.replace(/\s+/g, ' ').trim().slice(0, 500);
}

/** A connection that fails for every address gives an AggregateError, whose own message is empty. */
function messageOf(error: Error): string {
  if (error.message !== '') return error.message;
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : undefined;
  return inner instanceof Error ? inner.message : error.name;
}

/** A failure of the database as one line with a remedy; anything else is passed through. */
export function asStoreFailure(error: unknown, what: string): unknown {
  if (error instanceof WorldError || !(error instanceof Error)) return error;
  if (!isAway(error) && codeOf(error) === '') return error;
  const remedy = isAway(error)
    ? 'see that PostgreSQL runs and can be reached, then try again'
    : 'read what PostgreSQL says, and see its log';
  return new WorldError(`the store cannot ${what}: ${oneLine(error)}`, remedy);
}
