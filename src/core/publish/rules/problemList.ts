import { plural } from '../../text/l10n';
import type { Problem } from '../../problem';
import { toProblem, type RuleId } from './rules';

/**
 * The most problems that are listed for one file. More are not useful, and slow down the editor.
 */
const MAX_PROBLEMS = 200;

const MORE: RuleId = 'problems.more';
const BEGINNING = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
const SEVERITIES = ['error', 'warning', 'info'] as const;

type Severity = Problem['severity'];

/** How many problems of each severity a problem of the rule {@link MORE} stands for. */
const unlisted = new WeakMap<Problem, Record<Severity, number>>();

/**
 * Collects the problems of one file: the {@link MAX_PROBLEMS} most severe ones, and one that counts
 * the rest.
 */
export class ProblemList {
  private readonly counts: Record<Severity, number> = { error: 0, warning: 0, info: 0 };
  private readonly built: Problem[] = [];
  private readonly builtOf: Record<Severity, number> = { error: 0, warning: 0, info: 0 };

  constructor(private readonly file: string) {}

  get hasErrors(): boolean {
    return this.counts.error > 0;
  }

  /** @param build creates the problem; not called if it would not be listed */
  add(severity: Severity, build: () => Problem): void {
    this.counts[severity]++;
    if (this.builtOf[severity] < MAX_PROBLEMS) {
      this.builtOf[severity]++;
      this.built.push(build());
    }
  }

  /** Adds an existing problem, which may itself count others. */
  addProblem(problem: Problem): void {
    const counted = unlisted.get(problem);
    if (counted === undefined) {
      this.add(problem.severity, () => problem);
    } else {
      SEVERITIES.forEach((severity) => (this.counts[severity] += counted[severity]));
    }
  }

  /** @param compare order of the listed problems; defaults to insertion order */
  toArray(compare?: (a: Problem, b: Problem) => number): Problem[] {
    const rest = { ...this.counts };
    const room = { ...this.counts };
    let left = MAX_PROBLEMS;
    for (const severity of SEVERITIES) {
      room[severity] = Math.min(left, this.builtOf[severity]);
      rest[severity] -= room[severity];
      left -= room[severity];
    }
    const listed = this.built.filter(({ severity }) => room[severity]-- > 0);
    if (compare !== undefined) {
      listed.sort(compare);
    }
    const worst = SEVERITIES.find((severity) => rest[severity] > 0);
    return worst === undefined ? listed : [...listed, this.more(rest, worst)];
  }

  private more(rest: Record<Severity, number>, severity: Severity): Problem {
    const message = plural(rest.error + rest.warning + rest.info, {
      one: '{0} more problem of this file is not listed',
      other: '{0} more problems of this file are not listed',
    });
    const problem = { ...toProblem(MORE, message, this.file, BEGINNING), severity };
    unlisted.set(problem, rest);
    return problem;
  }
}

/**
 * Limits each file to {@link MAX_PROBLEMS} problems and one that counts the rest. Files keep the
 * order of their first problem.
 */
export function limitProblems(problems: readonly Problem[]): Problem[] {
  const lists = new Map<string, ProblemList>();
  for (const problem of problems) {
    const list = lists.get(problem.file) ?? new ProblemList(problem.file);
    lists.set(problem.file, list);
    list.addProblem(problem);
  }
  return [...lists.values()].flatMap((list) => list.toArray());
}
