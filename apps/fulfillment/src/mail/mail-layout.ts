import type { MailBlock, MailContent } from './mail-content.js';

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text: string): string => text.replace(/[&<>"']/g, (c) => ENTITIES[c]!);

const CODE =
  'font:13px/1.5 ui-monospace,monospace;overflow-wrap:anywhere;word-break:break-all;background:#f2f3f5;color:#16181d;padding:12px;border-radius:6px';
const BUTTON =
  'display:inline-block;background:#1b4fd8;color:#ffffff;padding:10px 18px;border-radius:6px;text-decoration:none';

function blockAsText(block: MailBlock): string {
  return block.kind === 'link' ? `${block.label}:\n${block.url}` : block.text;
}

function blockAsHtml(block: MailBlock): string {
  if (block.kind === 'code') return `<p style="${CODE}"><code>${escape(block.text)}</code></p>`;
  if (block.kind === 'text') return `<p>${escape(block.text)}</p>`;
  return `<p><a style="${BUTTON}" href="${escape(block.url)}">${escape(block.label)}</a></p>`;
}

/** The plain part. */
export function mailText({ greeting, blocks }: MailContent): string {
  return [greeting, ...blocks.map(blockAsText)].join('\n\n') + '\n';
}

/** The HTML part: no image, nothing remote, readable in a narrow window. */
export function mailHtml({ locale, subject, greeting, blocks }: MailContent): string {
  const body = [`<p>${escape(greeting)}</p>`, ...blocks.map(blockAsHtml)].join('\n');
  return `<!doctype html>
<html lang="${escape(locale)}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(subject)}</title></head>
<body style="margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif"><div style="max-width:560px;margin:0 auto">
${body}
</div></body></html>
`;
}
