/** One test of a Maven Surefire report. */
export interface SurefireTestCase {
  /** The test class, without its package. */
  readonly className: string;
  /** The method's name, without parameter types. */
  readonly name: string;
  readonly outcome:
    | { readonly kind: 'passed' }
    | { readonly kind: 'skipped' }
    /** `report` is the stack trace, which begins with the message. */
    | { readonly kind: 'failed'; readonly report: string };
}

/** What was to be read is no report of Surefire's. */
export class SurefireReportError extends Error {
  override readonly name = 'SurefireReportError';
}

type Token =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'open'; readonly element: string; readonly attributes: ReadonlyMap<string, string> }
  | { readonly kind: 'close'; readonly element: string };

/**
 * Reads the tests of a `TEST-*.xml` that Surefire wrote. This is the XML Surefire writes and no more: no document type,
 * no entities but the predefined and the numeric ones, attributes in double quotes.
 *
 * @throws SurefireReportError when there is no `testsuite` in it, or it is cut off.
 */
export function parseSurefireReport(xml: string): SurefireTestCase[] {
  const cases: SurefireTestCase[] = [];
  let suites = 0;
  let current: SurefireTestCase | undefined;
  let failureText: string | undefined;
  for (const token of tokens(xml)) {
    if (token.kind === 'text') {
      if (failureText !== undefined) failureText += token.text;
      continue;
    }
    switch (token.element) {
      case 'testsuite':
        if (token.kind === 'close') suites += 1;
        break;
      case 'testcase':
        if (token.kind === 'open') current = passed(token.attributes);
        else if (current !== undefined) cases.push(current);
        break;
      case 'skipped':
        if (current !== undefined) current = { ...current, outcome: { kind: 'skipped' } };
        break;
      case 'failure':
      case 'error':
        if (token.kind === 'open') failureText = '';
        else if (current !== undefined && failureText !== undefined) {
          current = { ...current, outcome: { kind: 'failed', report: failureText.trim() } };
          failureText = undefined;
        }
        break;
      default: // properties and output, which are of no interest
    }
  }
  if (suites !== 1) throw new SurefireReportError('this is not one whole report of Maven Surefire');
  return cases;
}

function passed(attributes: ReadonlyMap<string, string>): SurefireTestCase {
  const className = (attributes.get('classname') ?? '').replace(/^.*\./s, '');
  const name = (attributes.get('name') ?? '').replace(/\([\w$.,\s[\]]*\)$/, '');
  return { className, name, outcome: { kind: 'passed' } };
}

const markup =
  /<!\[CDATA\[(?<cdata>.*?)\]\]>|<\?.*?\?>|<!--.*?-->|<\/(?<closed>[\w-]+)\s*>|<(?<opened>[\w-]+)(?<attributes>(?:\s+[\w:.-]+="[^"]*")*)\s*(?<empty>\/?)>|(?<text>[^<]+)/gs;

/** An element without content gives both its tokens. */
function* tokens(xml: string): Generator<Token> {
  for (const { groups = {} } of xml.matchAll(markup)) {
    const { cdata, closed, opened, attributes, empty, text } = groups;
    if (cdata !== undefined) yield { kind: 'text', text: cdata };
    if (text !== undefined) yield { kind: 'text', text: decodeEntities(text) };
    if (opened !== undefined) yield { kind: 'open', element: opened, attributes: readAttributes(attributes ?? '') };
    if (opened !== undefined && empty === '/') yield { kind: 'close', element: opened };
    if (closed !== undefined) yield { kind: 'close', element: closed };
  }
}

function readAttributes(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = '', value = ''] of text.matchAll(/([\w:.-]+)="([^"]*)"/g)) {
    attributes.set(name, decodeEntities(value));
  }
  return attributes;
}

const predefinedEntities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function decodeEntities(text: string): string {
  return text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    return predefinedEntities[name ?? ''] ?? whole;
  });
}
