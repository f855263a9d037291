import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSurefireReport, SurefireReportError, type SurefireTestCase } from './surefireReport.ts';

const report = (cases: string) => `<?xml version="1.0" encoding="UTF-8"?>
<testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="3.0.2" name="a.b.SomeTest" tests="3">
  <properties>
    <property name="line.separator" value="&#10;"/>
    <property name="java.command" value="java -cp 'x' > log"/>
  </properties>
${cases}
</testsuite>`;

describe('parseSurefireReport', () => {
  test('reads what passed, was skipped and failed', () => {
    const cases = parseSurefireReport(
      report(`
  <testcase name="adds &quot;one&quot;(Path, int[])" classname="a.b.SomeTest" time="0.1"/>
  <testcase name="waits" classname="a.b.SomeTest" time="0"><skipped message="not now"/></testcase>
  <testcase name="fails" classname="a.b.SomeTest" time="0.2">
    <failure message="1 &lt; 2" type="AssertionError"><![CDATA[AssertionError: 1 < 2
\tat SomeTest.kt:7]]></failure>
    <system-out><![CDATA[<testcase name="printed" classname="x"/>]]></system-out>
  </testcase>
  <testcase name="breaks" classname="a.b.SomeTest"><error type="E">E: no &amp; no</error></testcase>`),
    );
    expect(cases).toEqual([
      { className: 'SomeTest', name: 'adds "one"', outcome: { kind: 'passed' } },
      { className: 'SomeTest', name: 'waits', outcome: { kind: 'skipped' } },
      {
        className: 'SomeTest',
        name: 'fails',
        outcome: { kind: 'failed', report: 'AssertionError: 1 < 2\n\tat SomeTest.kt:7' },
      },
      { className: 'SomeTest', name: 'breaks', outcome: { kind: 'failed', report: 'E: no & no' } },
    ]);
  });

  test('reads back any names, messages and output', () => {
    const word = fc.string({ unit: 'grapheme-ascii' }).map((text) => `x${text}x`);
    const outcome = fc.oneof(
      fc.constant({ kind: 'passed' as const }),
      fc.constant({ kind: 'skipped' as const }),
      word.map((text) => ({ kind: 'failed' as const, report: text })),
    );
    const testCase = fc.record({ className: fc.constantFrom('OneTest', 'OtherTest'), name: word, outcome });
    fc.assert(
      fc.property(fc.array(testCase), word, (cases, output) => {
        const written = cases.map((one) => writeCase(one, output)).join('\n');
        expect(parseSurefireReport(report(written))).toEqual(cases);
      }),
    );
  });

  test('refuses what is cut off or something else', () => {
    const whole = report('<testcase name="adds" classname="SomeTest"/>');
    for (const text of ['', 'BUILD FAILURE', whole.slice(0, -5), whole + whole]) {
      expect(() => parseSurefireReport(text)).toThrow(SurefireReportError);
    }
  });
});

function writeCase({ className, name, outcome }: SurefireTestCase, output: string): string {
  const inside = {
    passed: '',
    skipped: '<skipped/>',
    failed: `<failure type="E">${cdata(outcome.kind === 'failed' ? outcome.report : '')}</failure>`,
  }[outcome.kind];
  return `<testcase name="${escaped(name)}" classname="a.${className}">${inside}<system-err>${cdata(output)}</system-err></testcase>`;
}

function cdata(text: string): string {
  return `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\t', '&#x9;');
}
