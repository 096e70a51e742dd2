import type { Finding, FindingLevel } from '../model/finding.ts';
import type { Series } from '../model/series.ts';
import { refText } from '../model/source-ref.ts';
import type { Pin } from '../model/source-ref.ts';
import type { Held, HeldReason, Move } from '../model/update.ts';
import { heldReason, moveReason } from './reasons.ts';

/** Reasons that are no mere news but say that the pin itself is wrong, and what to do about it. */
const wrongPins: Partial<Record<HeldReason['kind'], readonly [FindingLevel, string]>> = {
  'wrong-series': ['warning', 'pin a release of this series'],
  'unknown-component': [
    'failure',
    'correct the name, or give its upstream in .github/pinwheel.yml',
  ],
  'unknown-series': ['warning', 'rename the folder to a series of openstack/releases'],
  'branch-gone': ['failure', 'pin another ref'],
  'series-disagrees': ['notice', 'wait for upstream to make them agree'],
  'commit-differs': ['notice', 'wait for upstream to make them agree'],
};

/** A finding on the pin's own line, for a reason that says that the pin is wrong. */
export function heldFinding(held: Held): Finding | undefined {
  const known = wrongPins[held.why.kind];
  if (!known) return undefined;
  const [level, remedy] = known;
  return atPin(held.pin, { code: held.why.kind, level, remedy, message: heldReason(held) });
}

/** A finding for a pin whose branch is gone, or that belongs to another series. */
export function moveFinding(move: Move): Finding | undefined {
  const wrong = move.why.kind === 'newest' && move.why.wrongSeries !== undefined;
  if (move.kind !== 'branch' && !wrong) return undefined;
  const code = wrong ? 'wrong-series' : move.why.kind;
  const remedy = `run pinwheel update --write, which pins ${refText(move.to)}`;
  return atPin(move.pin, { code, level: 'warning', remedy, message: moveReason(move) });
}

export function missingTagFinding({
  pin,
  url,
}: {
  readonly pin: Pin;
  readonly url: string;
}): Finding {
  return atPin(pin, {
    code: 'tag-missing',
    level: 'failure',
    message: `${url} has no tag ${refText(pin.ref)}`,
    remedy: 'pin a tag that exists; pinwheel update shows the newest',
  });
}

export function endingFinding({
  pin,
  series,
}: {
  readonly pin: Pin;
  readonly series: Series;
}): Finding {
  const { status = 'eol', date = '' } = series.nextPhase ?? {};
  const fate =
    status === 'eol'
      ? `stable/${series.id} is deleted then`
      : `stable/${series.id} becomes unmaintained/${series.id} then`;
  return {
    code: 'series-ending',
    file: pin.file,
    line: 1,
    level: 'notice',
    message: `${series.id} ${series.name} is ${status} from ${date} on: ${fate}, and no more tags follow`,
    remedy: 'plan to leave the series, or pin branches of it',
  };
}

function atPin(
  pin: Pin,
  { message, ...rest }: Pick<Finding, 'code' | 'level' | 'message' | 'remedy'>,
): Finding {
  return { ...rest, file: pin.file, line: pin.line, message: `${pin.component}: ${message}` };
}
