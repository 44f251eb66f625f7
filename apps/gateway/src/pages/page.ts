const STYLE = `
:root { color-scheme: light dark; font: 16px/1.6 system-ui, sans-serif; }
body { max-width: 42rem; margin: 12vh auto; padding: 0 1.5rem; }
h1 { line-height: 1.2; }
dt { margin-top: 1rem; }
button { font: inherit; padding: .6rem 1.2rem; cursor: pointer; }
`;

export interface Page {
  nonce: string;
  title: string;
  /** HTML; whatever is put into it must be ours. */
  body: string;
  /** Runs after the body was read. */
  script?: string;
}

/** A whole page in plain HTML. */
export const page = ({ nonce, title, body, script }: Page): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Gatehouse</title>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body>
${body}
${script ? `<script nonce="${nonce}">${script}</script>` : ''}
</body>
</html>
`;
