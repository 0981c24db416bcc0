import type { AnyNode, Program, VariableDeclarator } from 'acorn';
import { t } from '../../../text/l10n';
import { visitAround } from './candidates';
import { Definitions } from './definitions';
import { keyName, propertyName, stringValue, unwrap } from './expressions';
import {
  findCandidates,
  isDistinctMethod,
  isMissingGlobal,
  isMissingMethod,
  isMissingStatic,
  isRefused,
} from './features';
import type { RawFinding } from './finding';
import { FeatureGuards, type GuardedApi } from './guards';
import { isLibraryCall, isMethodOfScript } from './ownMethods';
import { GLOBAL, PlatformValues } from './platformValues';
import { Scopes } from './scopes';
import { findUsage, isObject, isQuestion, type Usage } from './usage';

/** What a script uses that Chromium 95 lacks, and what it defines itself. */
export interface ApiCheck {
  findings: RawFinding[];
  /** Names as in {@link RawFinding.unless}. */
  brings: string[];
}

interface Use extends Omit<GuardedApi, 'isRefused'> {
  node: AnyNode;
  ancestors: readonly AnyNode[];
  unless: readonly string[];
}

/** A use of a variable counts as a use of the function that it holds. */
interface Alias extends Use {
  variable: string;
}

const FLAG = 'RegExp.v';

/**
 * Finds uses of what Chromium 95 lacks. Ignores calls of the script's own function with the same
 * name, and calls guarded by a feature test. A function that this script or another one may define
 * has its name in `unless`.
 */
export function findNewApis(text: string, program: Program): ApiCheck {
  const offsets = findCandidates(text);
  return offsets.length === 0
    ? { findings: [], brings: [] }
    : new Search(text, program).run(offsets);
}

class Search {
  private readonly scopes = new Scopes();
  private readonly values = new PlatformValues(this.scopes);
  private readonly guards: FeatureGuards;
  private readonly definitions: Definitions;
  private readonly uses: Use[] = [];
  private readonly aliases = new Map<AnyNode, Map<string, Alias>>();

  constructor(
    private readonly text: string,
    private readonly program: Program,
  ) {
    this.guards = new FeatureGuards(text, this.scopes);
    this.definitions = new Definitions(text, this.values);
  }

  run(offsets: readonly number[]): ApiCheck {
    visitAround(this.program, offsets, (node, ancestors, isTarget) => {
      this.definitions.visit(node, ancestors);
      this.visit(node, ancestors, isTarget);
    });
    this.followAliases();
    this.bringDeclared(offsets);
    const findings = this.uses
      .filter((use) => this.isPlatformCall(use) && !this.isGuarded(use, use.ancestors))
      .map(({ api, word, node: { start, end }, unless }): RawFinding => {
        const rule = isRefused(api) ? 'baseline.api' : 'baseline.feature';
        return { rule, message: describe(api, word), start, end, unless };
      })
      .sort((a, b) => a.start - b.start);
    return { findings, brings: [...this.definitions.names] };
  }

  private visit(node: AnyNode, ancestors: readonly AnyNode[], isTarget: boolean): void {
    switch (node.type) {
      case 'Identifier':
        if (!isTarget && isMissingGlobal(node.name) && isNeeded(node.name, ancestors)) {
          this.visitGlobal(node.name, node, ancestors);
        }
        break;
      case 'MemberExpression':
        this.visitMember(node, ancestors);
        break;
      case 'VariableDeclarator':
        this.visitDestructuring(node, ancestors);
        break;
      case 'CallExpression':
      case 'NewExpression': {
        const [, flags] = node.arguments;
        if (
          stringValue(flags)?.includes('v') === true &&
          this.values.findName(node.callee, ancestors) === 'RegExp'
        ) {
          this.add({ api: FLAG, word: 'v', node: flags ?? node, ancestors, unless: [] });
        }
        break;
      }
      default:
    }
  }

  private visitGlobal(name: string, node: AnyNode, ancestors: readonly AnyNode[]): void {
    if (this.scopes.find(name, ancestors) === undefined) {
      this.add({ api: name, word: name, node, ancestors, unless: [name] });
    }
  }

  private visitMember(
    member: AnyNode & { type: 'MemberExpression' },
    ancestors: readonly AnyNode[],
  ): void {
    const word = propertyName(member);
    const usage = word === undefined ? undefined : findUsage(ancestors);
    if (word === undefined || usage === undefined) {
      return;
    }
    const { object, property } = member;
    const api = this.findApi(object, word, ancestors);
    if (api !== undefined) {
      const node = api.startsWith('.') ? property : member;
      this.use({ api, word, node, ancestors, unless: [api] }, usage);
    } else if (this.isUnknownMethod(object, word, usage, ancestors)) {
      const unless = [`.${word}`, `*.${word}`];
      this.use({ api: `.${word}`, word, node: property, ancestors, unless }, usage);
    }
  }

  /**
   * Returns the missing function that a property of a platform object is. The object is the global
   * one, a constructor, or a value of a known type.
   */
  private findApi(
    object: AnyNode,
    word: string,
    ancestors: readonly AnyNode[],
  ): string | undefined {
    const owner = this.values.findName(object, ancestors);
    if (owner === GLOBAL && isMissingGlobal(word)) {
      return word;
    }
    if (owner !== undefined && isMissingStatic(owner, word)) {
      return `${owner}.${word}`;
    }
    const isOwn =
      this.definitions.isGivenTo(object, word) ||
      isMethodOfScript(object, word, ancestors, this.scopes);
    const type = isOwn ? undefined : this.values.inferType(object, ancestors);
    return type !== undefined && isMissingMethod(type, word) ? `.${word}` : undefined;
  }

  /** Checks for a call of a method with a distinct name on a value of unknown type. */
  private isUnknownMethod(
    object: AnyNode,
    word: string,
    usage: Usage,
    ancestors: readonly AnyNode[],
  ): boolean {
    return (
      usage.kind === 'called' &&
      isDistinctMethod(word) &&
      this.values.inferType(object, ancestors) === undefined &&
      !isMethodOfScript(object, word, ancestors, this.scopes)
    );
  }

  /** Handles `const { structuredClone } = window`. */
  private visitDestructuring(node: VariableDeclarator, ancestors: readonly AnyNode[]): void {
    const { id, init } = node;
    for (const property of id.type === 'ObjectPattern' && init ? id.properties : []) {
      const word = keyName(property);
      if (property.type !== 'Property' || property.value.type !== 'Identifier' || !init || !word) {
        continue;
      }
      const api = this.findApi(init, word, ancestors);
      if (api !== undefined) {
        const use = { api, word, node: property.key, ancestors, unless: [api] };
        this.use(use, { kind: 'kept', by: node, name: property.value.name });
      }
    }
  }

  private use(use: Use, usage: Usage): void {
    if (usage.kind === 'called') {
      this.add(use);
      return;
    }
    const kept = this.aliases.get(usage.by) ?? new Map<string, Alias>();
    kept.set(usage.name, { ...use, ancestors: [...use.ancestors], variable: usage.name });
    this.aliases.set(usage.by, kept);
  }

  private add(use: Use): void {
    this.uses.push({ ...use, ancestors: [...use.ancestors] });
  }

  /** Adds functions kept in variables, if the script calls the variables without a feature test. */
  private followAliases(): void {
    const names = [...new Set([...this.aliases.values()].flatMap((kept) => [...kept.keys()]))];
    if (names.length === 0) {
      return;
    }
    const words = names.map((name) => name.replaceAll('$', '\\$')).join('|');
    const pattern = new RegExp(`(?<![\\w$])(?:${words})(?![\\w$])`, 'gu');
    const offsets = Array.from(this.text.matchAll(pattern), ({ index }) => index);
    const called = new Set<Alias>();
    visitAround(this.program, offsets, (node, ancestors, isTarget) => {
      if (node.type !== 'Identifier' || isTarget || findUsage(ancestors)?.kind !== 'called') {
        return;
      }
      const declaration = this.scopes.find(node.name, ancestors);
      const alias = declaration && this.aliases.get(declaration)?.get(node.name);
      if (alias !== undefined && !called.has(alias) && !this.isGuarded(alias, ancestors)) {
        called.add(alias);
      }
    });
    for (const alias of called) {
      this.add(alias);
    }
  }

  private isGuarded(use: Use, ancestors: readonly AnyNode[]): boolean {
    return this.guards.isGuarded({ ...use, isRefused: isRefused(use.api) }, ancestors);
  }

  /** Records top-level declarations, which later scripts can use. */
  private bringDeclared(offsets: readonly number[]): void {
    for (const offset of offsets) {
      const [name] = /\w*/uy.exec(this.text.slice(offset, offset + 60)) ?? [''];
      const declaration = isMissingGlobal(name) && this.scopes.find(name, [this.program]);
      if (declaration && this.aliases.get(declaration)?.has(name) !== true) {
        this.definitions.names.add(name);
      }
    }
  }

  /**
   * Checks that a method known by its name alone is not one of a library or of the object itself.
   */
  private isPlatformCall({ node, word, ancestors, unless }: Use): boolean {
    const member = ancestors.at(-1);
    if (!unless.includes(`*.${word}`) || member?.type !== 'MemberExpression') {
      return true;
    }
    const usage = findUsage(ancestors);
    const args = usage?.kind === 'called' ? (usage.call?.arguments ?? []) : [];
    const isInLibrary = this.definitions.names.has(`lib.${word}`);
    return (
      node !== member &&
      !this.definitions.isGivenTo(unwrap(member.object), word) &&
      !isLibraryCall(args, isInLibrary)
    );
  }
}

/**
 * Checks whether code breaks if a global name is missing. Using a property of a function, such as
 * `toString`, does not call it.
 */
function isNeeded(name: string, ancestors: readonly AnyNode[]): boolean {
  return (
    findUsage(ancestors)?.kind === 'called' ||
    !(isQuestion(ancestors) || (isRefused(name) && isObject(ancestors)))
  );
}

function describe(api: string, word: string): string {
  if (api === FLAG) {
    return t(
      'The WebView of the oldest cars does not know the flag {0} of regular expressions',
      word,
    );
  }
  // Messages name constructors and objects without parentheses.
  const isValue = /^\p{Lu}/u.test(word) || (api === word && !isRefused(api));
  return isValue
    ? t('The WebView of the oldest cars has no {0}', api)
    : t('The WebView of the oldest cars has no {0}()', api);
}
