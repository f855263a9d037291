import type { Failure } from '../../failures.ts';

/** How a sign-in stands when the browser comes back. */
export type Outcome =
  | { readonly kind: 'signed-in'; readonly host: string }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'foreign' };

/** The page that the browser ends on: what has happened, and what to do next. It loads nothing and runs nothing. */
export function redirectPage(outcome: Outcome): { readonly status: number; readonly html: string } {
  switch (outcome.kind) {
    case 'signed-in':
      return page(200, 'You are signed in', [
        `You are signed in to ${outcome.host}.`,
        'Close this page and go back to the program that you came from. It goes on by itself.',
      ]);
    case 'failed':
      return page(400, 'You are not signed in', [
        outcome.failure.message,
        ...outcome.failure.remedies.map(({ text }) => `${text}.`),
        'Close this page and go back to the program that you came from.',
      ]);
    case 'foreign':
      return page(400, 'This page has nothing to do here', [
        'It does not belong to the sign-in that is under way, so it was ignored.',
        'Close it, and go on in the page that your program has opened.',
      ]);
  }
}

function page(status: number, title: string, paragraphs: readonly string[]) {
  const body = paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`).join('\n');
  const html = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title></head>
<body>
<h1>${escapeHtml(title)}</h1>
${body}
</body>
</html>
`;
  return { status, html };
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
